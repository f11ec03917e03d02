"""The 27 tables of `schema.md` as SQLAlchemy Core tables, with the two repairs of domain.md, and their indexes.

Columns, types, defaults, constraints and names are the schema's own, because other programs may share the
database. The two repairs: `courses.archived` exists (an index of the schema names it), and a unique index on
`((true))` stands in place of a CHECK that no row could pass. `ADDITIVE_INDEXES` names what we add for our
queries; none of it is unique. The tests prove that these tables, the migrations and the schema's own SQL make
the same catalogue (`tests/db/test_proof.py`).
"""

from typing import Any, Final

from sqlalchemy import (
    TIMESTAMP,
    UUID,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata: Final = MetaData(
    # The names that PostgreSQL itself gives to constraints which the schema leaves unnamed.
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
    }
)

_NOW: Final = text("now()")
_YES: Final = text("true")
_NO: Final = text("false")
_ZERO: Final = text("0")


def _table(name: str, *columns: Any) -> Table:
    """Return a table that begins with the three columns that all 27 have."""
    return Table(
        name,
        metadata,
        Column("id", UUID, primary_key=True, server_default=text("gen_random_uuid()")),
        _time("created_at", server_default=_NOW),
        _time("updated_at", server_default=_NOW),
        *columns,
    )


def _time(name: str, **more: Any) -> Column[Any]:
    return Column(name, TIMESTAMP(timezone=True), **more)


def _flag(name: str, default: Any = _NO, **more: Any) -> Column[Any]:
    """Return a boolean that may be NULL, which means its default (domain.md)."""
    return Column(name, Boolean, server_default=default, **more)


def _count(name: str, **more: Any) -> Column[Any]:
    return Column(name, Integer, server_default=_ZERO, **more)


def _to(name: str, target: str, *, cascade: bool = False, nullable: bool = False) -> Column[Any]:
    """Return a reference to the id of the table `target`."""
    return Column(name, UUID, ForeignKey(f"{target}.id", ondelete="CASCADE" if cascade else None), nullable=nullable)


# People -----------------------------------------------------------------------------------------------------

users = _table(
    "users",
    Column("email", Text, nullable=False, unique=True),
    Column("first_name", Text, nullable=False),
    Column("last_name", Text, nullable=False),
    Column("avatar_reference", String(200)),
    Column("role", Text, nullable=False, server_default=text("'STUDENT'")),
    _flag("archived"),
    Index("idx_users_email", "email"),
    Index("idx_users_role", "role", postgresql_where=text("archived = false")),
)
credentials = _table("credentials", _to("user_id", "users"), Column("password_hash", Text, nullable=False))
reset_tokens = _table(
    "reset_tokens",
    _to("user_id", "users"),
    Column("token", Text, nullable=False),
    _time("expires_at", nullable=False),
    _flag("is_used"),
)
create_tokens = _table(
    "create_tokens",
    Column("email", Text, nullable=False),
    Column("token", Text, nullable=False),
    _time("expires_at", nullable=False),
    _count("reminder_count"),
)

# Courses ----------------------------------------------------------------------------------------------------

categories = _table(
    "categories",
    Column("name", String(100), nullable=False),
    Column("description", String(500)),
    Column("display_order", Integer),
    _flag("archived"),
)
courses = _table(
    "courses",
    Column("title", String(100), nullable=False),
    Column("description", String(1000)),
    Column("thumbnail_s3_key", String(200)),
    _flag("is_published", nullable=False),
    _count("price_in_cents", nullable=False),
    Column("currency", String, server_default=text("'usd'")),
    _count("chapter_count", nullable=False),
    _flag("is_scorm", nullable=False),
    _to("author_id", "users"),
    _to("category_id", "categories"),
    _flag("archived"),
    # The schema declares both references twice: in the column, and by these names.
    ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_courses_author"),
    ForeignKeyConstraint(["category_id"], ["categories.id"], name="fk_courses_category"),
    Index("idx_courses_published", "is_published", postgresql_where=text("archived = false")),
    Index("idx_courses_category", "category_id"),
    Index("idx_courses_author", "author_id"),
)
chapters = _table(
    "chapters",
    _to("course_id", "courses", cascade=True),
    Column("title", String(100), nullable=False),
    Column("description", String(500)),
    Column("display_order", Integer),
    _flag("archived"),
)
lessons = _table(
    "lessons",
    _to("chapter_id", "chapters", cascade=True),
    Column("type", String(20), nullable=False),
    Column("title", String(100), nullable=False),
    Column("description", Text),
    Column("threshold_score", Integer),
    Column("attempts_limit", Integer),
    Column("quiz_cooldown_in_hours", Integer),
    Column("display_order", Integer),
    Column("file_s3_key", String(200)),
    Column("file_type", String(20)),
    _flag("is_external"),
    Index("idx_lessons_chapter", "chapter_id"),
    Index("idx_lessons_type", "type"),
)

# Quizzes ----------------------------------------------------------------------------------------------------

questions = _table(
    "questions",
    _to("lesson_id", "lessons", cascade=True),
    Column("type", String(20), nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text),
    Column("display_order", Integer),
    Column("points", Integer, server_default=text("1")),
    _flag("archived"),
)
question_answer_options = _table(
    "question_answer_options",
    _to("question_id", "questions", cascade=True),
    Column("option_text", Text, nullable=False),
    _flag("is_correct", nullable=False),
    Column("display_order", Integer),
)
quiz_attempts = _table(
    "quiz_attempts",
    _to("user_id", "users"),
    _to("lesson_id", "lessons"),
    Column("score", Integer),
    _flag("is_passed"),
    _time("completed_at"),
    UniqueConstraint("user_id", "lesson_id", "created_at"),
)
student_question_answers = _table(
    "student_question_answers",
    _to("quiz_attempt_id", "quiz_attempts", cascade=True),
    _to("question_id", "questions"),
    Column("answer_text", Text),
    _to("selected_option_id", "question_answer_options", nullable=True),
    _count("points_earned"),
    _flag("is_correct"),
)

# Progress ---------------------------------------------------------------------------------------------------

student_courses = _table(
    "student_courses",
    _to("user_id", "users"),
    _to("course_id", "courses"),
    _time("enrolled_at", server_default=_NOW),
    _time("completed_at"),
    UniqueConstraint("user_id", "course_id"),
)
student_chapter_progress = _table(
    "student_chapter_progress",
    _to("user_id", "users"),
    _to("chapter_id", "chapters"),
    _flag("is_completed"),
    _time("completed_at"),
    UniqueConstraint("user_id", "chapter_id"),
)
student_lesson_progress = _table(
    "student_lesson_progress",
    _to("user_id", "users"),
    _to("lesson_id", "lessons"),
    _to("chapter_id", "chapters"),
    _flag("is_completed"),
    _flag("is_started"),
    _time("completed_at"),
    _count("attempts"),
    _flag("is_quiz_passed"),
    UniqueConstraint("user_id", "lesson_id"),
    Index("idx_student_progress_user", "user_id"),
    Index("idx_student_progress_lesson", "lesson_id"),
    Index("idx_student_progress_completed", "is_completed"),
)

# The mentor -------------------------------------------------------------------------------------------------

ai_mentor_lessons = _table(
    "ai_mentor_lessons",
    _to("lesson_id", "lessons"),
    Column("ai_prompt", Text),
    Column("learning_objectives", Text),
    Column("difficulty_level", String(20)),
    UniqueConstraint("lesson_id"),
)
ai_mentor_threads = _table(
    "ai_mentor_threads",
    _to("user_id", "users"),
    _to("lesson_id", "lessons"),
    Column("thread_title", String(200)),
    _flag("is_active", _YES),
    Index("idx_ai_threads_user_lesson", "user_id", "lesson_id"),
)
ai_mentor_thread_messages = _table(
    "ai_mentor_thread_messages",
    _to("thread_id", "ai_mentor_threads", cascade=True),
    Column("role", String(20), nullable=False),
    Column("content", Text, nullable=False),
    Column("tokens_used", Integer),
    Column("model_version", String(50)),
    Index("idx_ai_messages_thread", "thread_id"),
)
ai_mentor_student_lesson_progress = _table(
    "ai_mentor_student_lesson_progress",
    _to("user_id", "users"),
    _to("lesson_id", "lessons"),
    Column("understanding_level", Integer),
    Column("engagement_score", Integer),
    Column("learning_insights", Text),
    Column("recommended_actions", Text),
)

# SCORM, groups, settings ------------------------------------------------------------------------------------

scorm_metadata = _table(
    "scorm_metadata",
    _to("course_id", "courses"),
    Column("package_name", String(200)),
    Column("version", String(50)),
    Column("metadata", JSONB),
)
scorm_files = _table(
    "scorm_files",
    _to("metadata_id", "scorm_metadata", cascade=True),
    Column("file_path", String(500), nullable=False),
    Column("file_type", String(50)),
    Column("file_size", Integer),
)
groups = _table(
    "groups",
    Column("name", String(100), nullable=False),
    Column("characteristic", Text),
    _flag("archived"),
)
group_users = _table(
    "group_users",
    _to("group_id", "groups", cascade=True),
    _to("user_id", "users", cascade=True),
    UniqueConstraint("group_id", "user_id"),
)
settings = _table(
    "settings",
    Column("company_name", String(200)),
    Column("company_email", String(200)),
    Column("platform_logo_s3_key", String(200)),
    _flag("unregistered_user_courses_accessibility", _YES),
    _flag("enforce_sso"),
    Index("single_settings_row", text("(true)"), unique=True),
)

# Statistics -------------------------------------------------------------------------------------------------

user_statistics = _table(
    "user_statistics",
    _to("user_id", "users"),
    _count("courses_enrolled"),
    _count("courses_completed"),
    _count("lessons_completed"),
    _count("total_study_time_minutes"),
    Column("average_quiz_score", Numeric(5, 2)),
    UniqueConstraint("user_id"),
)
courses_summary_stats = _table(
    "courses_summary_stats",
    _to("course_id", "courses"),
    _count("total_enrollments"),
    _count("completed_enrollments"),
    Column("average_completion_time_hours", Numeric(8, 2)),
    Column("average_course_rating", Numeric(3, 2)),
    UniqueConstraint("course_id"),
)
course_students_stats = _table(
    "course_students_stats",
    _to("course_id", "courses"),
    _to("user_id", "users"),
    _time("enrollment_date"),
    _time("completion_date"),
    _count("study_time_minutes"),
    _count("quiz_attempts"),
    Column("average_quiz_score", Numeric(5, 2)),
    UniqueConstraint("course_id", "user_id"),
)

# What we add ------------------------------------------------------------------------------------------------

_VISIBLE: Final = text("is_published AND archived IS NOT TRUE")
_WORDS: Final = text("to_tsvector('simple', title || ' ' || coalesce(description, ''))")

ADDITIVE_INDEXES: Final = (
    # The catalog's pages by key, in each order, with and without a category; a search by words.
    Index("lms_courses_title", courses.c.title, courses.c.id, postgresql_where=_VISIBLE),
    Index("lms_courses_newest", courses.c.created_at, courses.c.id, postgresql_where=_VISIBLE),
    Index("lms_courses_price", courses.c.price_in_cents, courses.c.id, postgresql_where=_VISIBLE),
    Index(
        "lms_courses_category_title", courses.c.category_id, courses.c.title, courses.c.id, postgresql_where=_VISIBLE
    ),
    Index(
        "lms_courses_category_newest",
        courses.c.category_id,
        courses.c.created_at,
        courses.c.id,
        postgresql_where=_VISIBLE,
    ),
    Index(
        "lms_courses_category_price",
        courses.c.category_id,
        courses.c.price_in_cents,
        courses.c.id,
        postgresql_where=_VISIBLE,
    ),
    Index("lms_courses_words", _WORDS, postgresql_using="gin", _table=courses),
    # What hangs under a course, and the foreign keys that a delete looks through.
    Index("lms_chapters_course", chapters.c.course_id),
    Index("lms_questions_lesson", questions.c.lesson_id),
    Index("lms_options_question", question_answer_options.c.question_id),
    Index("lms_attempts_lesson_user", quiz_attempts.c.lesson_id, quiz_attempts.c.user_id),
    Index("lms_attempts_open", quiz_attempts.c.user_id, postgresql_where=quiz_attempts.c.completed_at.is_(None)),
    Index(
        "lms_answers_attempt_question",
        student_question_answers.c.quiz_attempt_id,
        student_question_answers.c.question_id,
    ),
    Index("lms_answers_question", student_question_answers.c.question_id),
    Index("lms_answers_option", student_question_answers.c.selected_option_id),
    Index("lms_enrolments_course", student_courses.c.course_id),
    Index("lms_chapter_progress_chapter", student_chapter_progress.c.chapter_id),
    Index("lms_lesson_progress_chapter_user", student_lesson_progress.c.chapter_id, student_lesson_progress.c.user_id),
    Index("lms_threads_lesson", ai_mentor_threads.c.lesson_id),
    Index(
        "lms_mentor_progress_user_lesson",
        ai_mentor_student_lesson_progress.c.user_id,
        ai_mentor_student_lesson_progress.c.lesson_id,
    ),
    Index("lms_mentor_progress_lesson", ai_mentor_student_lesson_progress.c.lesson_id),
    Index("lms_scorm_metadata_course", scorm_metadata.c.course_id),
    Index("lms_scorm_files_metadata", scorm_files.c.metadata_id),
    # People.
    Index("lms_users_email_lower", text("lower(email)"), _table=users),
    Index("lms_credentials_user", credentials.c.user_id, credentials.c.updated_at),
    Index("lms_reset_tokens_token", reset_tokens.c.token),
    Index("lms_reset_tokens_user", reset_tokens.c.user_id),
    Index("lms_create_tokens_token", create_tokens.c.token),
    Index("lms_create_tokens_email_lower", text("lower(email)"), _table=create_tokens),
    Index("lms_group_users_user", group_users.c.user_id),
    Index("lms_course_students_stats_user", course_students_stats.c.user_id),
)
"""Indexes of ours that the schema does not have; the queries need them, none is unique (domain.md)."""
