"""All that the database holds of one person, part by part, as JSON objects.

Nothing of other people, no secret (hashes of passwords and codes), no right answer: of an answer what was given, and
right or wrong once it was submitted. `tests/guards/test_own_data.py` holds the list against the tables there are.
"""

from typing import Final

from lms_tui.wire.own_data import ROWS, Part

_LESSON: Final = """JOIN lessons l ON l.id = x.lesson_id JOIN chapters ch ON ch.id = l.chapter_id
JOIN courses c ON c.id = ch.course_id"""
_OF_LESSON: Final = "'course', c.title, 'chapter', ch.title, 'lesson', l.title, 'lesson_id', l.id"


def _rows(source: str, *fields: str, at: str = "x.created_at", own: str = "x.id::text", whose: str = "") -> str:
    """Return the statement of a page: when, what tells the row from others, and the row as JSON text.

    `source` is what follows FROM, with `x` as the row's table; `whose` the condition, else `x.user_id`. Binds user, and
    at and own of the last row before the page.
    """
    key = f"coalesce({at}, 'epoch'), {own}"
    return f"""
SELECT {key}, json_build_object({", ".join(fields)})::text FROM {source}
WHERE {whose or "x.user_id = %(user)s"}
  AND (%(own)s::text IS NULL OR ({key}) > (%(at)s::timestamptz, %(own)s::text))
ORDER BY 1, 2 LIMIT {ROWS + 1}"""  # noqa: S608 - constants of this module only


_ASKED: Final = r"""CASE regexp_replace(lower(q.type), '[-_\s]', '', 'g')
  WHEN 'fillblank' THEN regexp_replace(q.title, '\[[^]]*\]', '___', 'g') ELSE q.title END"""
"""A question as it was asked: `[x]` marks a blank, and x is what it accepts."""

_CODES: Final = """(
  SELECT t.id, t.created_at, 'invitation' AS kind, t.expires_at, NULL::boolean AS is_used, t.reminder_count
  FROM create_tokens t JOIN users u ON lower(u.email) = lower(t.email) WHERE u.id = %(user)s
  UNION ALL
  SELECT t.id, t.created_at, 'reset', t.expires_at, t.is_used IS TRUE, NULL FROM reset_tokens t
  WHERE t.user_id = %(user)s) x"""

STATEMENTS: Final[dict[Part, str]] = {
    Part.PERSON: _rows(
        "users x",
        "'id', x.id, 'created_at', x.created_at, 'updated_at', x.updated_at, 'email', x.email",
        "'first_name', x.first_name, 'last_name', x.last_name, 'avatar_reference', x.avatar_reference",
        "'role', x.role, 'archived', x.archived IS TRUE",
        whose="x.id = %(user)s",
    ),
    Part.PASSWORDS: _rows("credentials x", "'created_at', x.created_at, 'changed_at', x.updated_at"),
    Part.CODES: _rows(
        _CODES,
        "'kind', x.kind, 'created_at', x.created_at, 'expires_at', x.expires_at, 'used', x.is_used",
        "'reminders', x.reminder_count",
        whose="true",
    ),
    Part.GROUPS: _rows("group_users x JOIN groups g ON g.id = x.group_id", "'group', g.name, 'since', x.created_at"),
    Part.ENROLMENTS: _rows(
        "student_courses x JOIN courses c ON c.id = x.course_id",
        "'course', c.title, 'course_id', c.id, 'enrolled_at', x.enrolled_at, 'completed_at', x.completed_at",
    ),
    Part.CHAPTERS: _rows(
        "student_chapter_progress x JOIN chapters ch ON ch.id = x.chapter_id JOIN courses c ON c.id = ch.course_id",
        "'course', c.title, 'chapter', ch.title, 'completed', x.is_completed IS TRUE, 'completed_at', x.completed_at",
    ),
    Part.LESSONS: _rows(
        f"student_lesson_progress x {_LESSON}",
        _OF_LESSON,
        "'created_at', x.created_at, 'updated_at', x.updated_at, 'started', x.is_started IS TRUE",
        "'completed', x.is_completed IS TRUE, 'completed_at', x.completed_at, 'attempts', x.attempts",
        "'quiz_passed', x.is_quiz_passed IS TRUE",
    ),
    Part.ATTEMPTS: _rows(
        f"quiz_attempts x {_LESSON}",
        "'id', x.id",
        _OF_LESSON,
        "'started_at', x.created_at, 'completed_at', x.completed_at, 'score', x.score",
        "'passed', CASE WHEN x.completed_at IS NOT NULL THEN x.is_passed IS TRUE END",
    ),
    Part.ANSWERS: _rows(
        """student_question_answers x JOIN quiz_attempts a ON a.id = x.quiz_attempt_id
JOIN questions q ON q.id = x.question_id LEFT JOIN question_answer_options o ON o.id = x.selected_option_id""",
        "'attempt_id', a.id, 'question_id', q.id, 'at', coalesce(x.updated_at, x.created_at)",
        f"'question', {_ASKED}, 'text', x.answer_text, 'option', o.option_text",
        "'right', CASE WHEN a.completed_at IS NOT NULL THEN x.is_correct END",
        "'points', CASE WHEN a.completed_at IS NOT NULL THEN x.points_earned END",
        whose="a.user_id = %(user)s",
    ),
    Part.THREADS: _rows(
        f"ai_mentor_threads x {_LESSON}",
        "'id', x.id",
        _OF_LESSON,
        "'title', x.thread_title, 'created_at', x.created_at, 'active', x.is_active IS NOT FALSE",
    ),
    Part.MESSAGES: _rows(
        "ai_mentor_thread_messages x JOIN ai_mentor_threads t ON t.id = x.thread_id",
        "'thread_id', t.id, 'at', x.created_at, 'role', x.role, 'content', x.content, 'tokens_used', x.tokens_used",
        "'model', x.model_version",
        whose="t.user_id = %(user)s AND lower(x.role) <> 'system'",
    ),
    Part.CHECKS: _rows(
        f"ai_mentor_student_lesson_progress x {_LESSON}",
        _OF_LESSON,
        "'at', x.created_at, 'understanding', x.understanding_level, 'engagement', x.engagement_score",
        "'insights', x.learning_insights, 'recommended', x.recommended_actions",
    ),
    Part.STATISTICS: _rows(
        "user_statistics x",
        "'courses_enrolled', x.courses_enrolled, 'courses_completed', x.courses_completed",
        "'lessons_completed', x.lessons_completed, 'study_minutes', x.total_study_time_minutes",
        "'average_quiz_score', x.average_quiz_score",
    ),
    Part.COURSE_STATISTICS: _rows(
        "course_students_stats x JOIN courses c ON c.id = x.course_id",
        "'course', c.title, 'enrolled_at', x.enrollment_date, 'completed_at', x.completion_date",
        "'study_minutes', x.study_time_minutes, 'quiz_attempts', x.quiz_attempts",
        "'average_quiz_score', x.average_quiz_score",
    ),
    Part.STUDY_HOURS: _rows(
        "lms_tui.study_hours x LEFT JOIN courses c ON c.id = x.course_id",
        "'course', c.title, 'hour', x.hour, 'minutes', x.minutes",
        at="x.hour",
        own="x.course_id::text",
    ),
    Part.READING_PLACES: _rows(
        "lms_tui.reading_positions x LEFT JOIN lessons l ON l.id = x.lesson_id",
        "'lesson', l.title, 'block', x.block, 'letters', x.letters, 'at', x.updated_at",
        at="x.updated_at",
        own="x.lesson_id::text",
    ),
    Part.TEACHES: _rows(
        "courses x",
        "'course', x.title, 'course_id', x.id, 'created_at', x.created_at, 'published', x.is_published",
        whose="x.author_id = %(user)s",
    ),
    Part.SIGN_INS: _rows(
        "lms_tui.sso_people x", "'issuer', x.issuer, 'last_at', x.last_at", at="x.last_at", own="x.issuer"
    ),
    Part.MAILS: _rows(
        f"lms_tui.mail x JOIN (SELECT x.id FROM {_CODES}) code ON code.id = x.code_id",  # noqa: S608
        "'kind', x.kind, 'queued_at', x.created_at, 'sent_at', x.sent_at",
        whose="true",
    ),
    Part.RECORDED: _rows(
        "lms_tui.audit x",
        "'at', x.at, 'what', x.action, 'by_you', x.actor_id = %(user)s",
        "'about_you', x.subject_id IS NOT DISTINCT FROM %(user)s",
        at="x.at",
        whose="(x.actor_id = %(user)s OR x.subject_id = %(user)s)",
    ),
}
"""By part; whose rows they are is `user`."""

NOT_HELD: Final[dict[str, str]] = {
    "lms_tui.throttle": "keyed hashes of tries at the doors, gone within a quarter of an hour; nobody can be read off",
    "lms_tui.known_clients": "keyed hashes of address and network, gone after 30 days; nobody can be read off",
    "lms_tui.mentor_streams": "whose answer of a mentor is under way; gone within a minute of its end",
    "lms_tui.mentor_usage": "tokens by day, gone after 40 days; those of each answer are told with it",
    "lms_tui.mentor_no_check": "when a mentor's check last failed, so that the lesson may be done without one",
    "lms_tui.sso_sign_ins": "sign-ins under way, gone within the hour: secrets of the device, and an issuer's codes",
}
"""Tables about people that are in no part, each with the reason."""
