"""Which text columns are seen where, and why some are not; a new column has to be named here."""

SHOWN: dict[str, set[str]] = {
    "users.email": {"whoami", "sign-in"},
    "users.first_name": {"courses", "show", "whoami", "sign-in", "course list", "welcome", "catalog", "course", "home"},
    "users.last_name": {"whoami", "sign-in", "course list", "catalog", "course", "home"},
    "users.role": {"whoami"},
    "settings.company_name": {"welcome", "home"},
    "categories.name": {"courses", "show", "catalog", "search", "categories", "course", "home"},
    "courses.title": {
        "courses",
        "progress",
        "show",
        "next",
        "show several",
        "course list",
        "catalog",
        "search",
        "course",
        "leave",
        "lesson",
        "quiz start",
        "home",
    },
    "courses.description": {"show", "course"},
    "courses.currency": {"courses", "course list", "catalog"},
    "chapters.title": {"show", "next", "course", "lesson", "quiz start", "home"},
    "lessons.title": {"progress", "show", "next", "course", "lesson", "done", "quiz start", "question", "home"},
    "lessons.type": {"progress", "show", "course", "other lesson"},
    "lessons.description": {"show", "lesson", "headings", "html lesson", "html end", "quiz start"},
    "lessons.file_s3_key": {"show", "video lesson", "copied", "other lesson"},
    "questions.title": {"question", "review", "result", "judged"},
    "questions.description": {"question", "judged"},
    "question_answer_options.option_text": {"question", "review", "result", "judged"},
    "student_question_answers.answer_text": {"answer", "review", "result", "judged"},
}
"""Column: the screens and commands that show it."""

NOT_SHOWN = {
    "the mentor has no screen yet": (
        "ai_mentor_lessons.ai_prompt",
        "ai_mentor_lessons.learning_objectives",
        "ai_mentor_lessons.difficulty_level",
        "ai_mentor_threads.thread_title",
        "ai_mentor_thread_messages.role",
        "ai_mentor_thread_messages.content",
        "ai_mentor_thread_messages.model_version",
        "ai_mentor_student_lesson_progress.learning_insights",
        "ai_mentor_student_lesson_progress.recommended_actions",
    ),
    "packages have no screen yet": (
        "scorm_metadata.package_name",
        "scorm_metadata.version",
        "scorm_metadata.metadata",
        "scorm_files.file_path",
        "scorm_files.file_type",
    ),
    "groups have no screen yet": ("groups.name", "groups.characteristic"),
    "there is no place for it on any screen yet": (
        "categories.description",
        "chapters.description",
        "settings.company_email",
        "lessons.file_type",
    ),
    "a picture, which no terminal shows": (
        "users.avatar_reference",
        "courses.thumbnail_s3_key",
        "settings.platform_logo_s3_key",
    ),
    "it only decides how a question is answered": ("questions.type",),
    "a secret, or an invitation's address, that never leaves the service": (
        "credentials.password_hash",
        "reset_tokens.token",
        "create_tokens.email",
        "create_tokens.token",
    ),
}
"""Why no screen shows a column: these must be in the tables all the same, and be seen nowhere."""
