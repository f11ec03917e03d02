"""The 27 tables of the given schema as SQLAlchemy Core, with the two repairs of domain.md and a named list of indexes,
and after them the tables of our own schema `lms_tui`, which hold what the 27 have no column for.

`shared/schema.md` is the source. What differs from it is only this: `courses.archived` (its own index needs it),
the unique index `settings_single_row` in place of a CHECK that rejects every row, and `ADDITIVE_INDEXES`.
The migrations say the same in SQL; tests/db/test_proof.py holds both against the schema's own statements.
"""

from typing import Any, Final

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    Boolean,
    Column,
    Date,
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
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, INTERVAL, JSONB, UUID

from lms_tui.db.queries import search

metadata: Final = MetaData()

_NOW = text("now()")
_FALSE = text("false")
_TRUE = text("true")
_ZERO = text("0")


def _table(name: str, *rest: Any) -> Table:
    """Return a table with the three columns that all 27 begin with."""
    return Table(
        name,
        metadata,
        Column("id", UUID(as_uuid=True), primary_key=True, server_default=text("gen_random_uuid()")),
        Column("created_at", TIMESTAMP(timezone=True), server_default=_NOW),
        Column("updated_at", TIMESTAMP(timezone=True), server_default=_NOW),
        *rest,
    )


def _of(column: str, target: str, *, cascade: bool = False) -> Column[Any]:
    """Return a NOT NULL column that refers to the id of `target`."""
    key = ForeignKey(f"{target}.id", ondelete="CASCADE" if cascade else None)
    return Column(column, UUID(as_uuid=True), key, nullable=False)


def _flag(column: str, default: Any = _FALSE, *, nullable: bool = True) -> Column[Any]:
    return Column(column, Boolean, server_default=default, nullable=nullable)


def _count(column: str, default: Any = _ZERO, *, nullable: bool = True) -> Column[Any]:
    return Column(column, Integer, server_default=default, nullable=nullable)


def _time(column: str, *, default: Any = None, nullable: bool = True) -> Column[Any]:
    return Column(column, TIMESTAMP(timezone=True), server_default=default, nullable=nullable)


# --- people -----------------------------------------------------------------------------------------------------

users = _table(
    "users",
    Column("email", Text, nullable=False),
    Column("first_name", Text, nullable=False),
    Column("last_name", Text, nullable=False),
    Column("avatar_reference", String(200)),
    Column("role", Text, nullable=False, server_default=text("'STUDENT'")),
    _flag("archived"),
    UniqueConstraint("email"),
)
credentials = _table("credentials", _of("user_id", "users"), Column("password_hash", Text, nullable=False))
reset_tokens = _table(
    "reset_tokens",
    _of("user_id", "users"),
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

# --- content ----------------------------------------------------------------------------------------------------

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
    _of("author_id", "users"),
    _of("category_id", "categories"),
    _flag("archived"),
    ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_courses_author"),
    ForeignKeyConstraint(["category_id"], ["categories.id"], name="fk_courses_category"),
)
chapters = _table(
    "chapters",
    _of("course_id", "courses", cascade=True),
    Column("title", String(100), nullable=False),
    Column("description", String(500)),
    Column("display_order", Integer),
    _flag("archived"),
)
lessons = _table(
    "lessons",
    _of("chapter_id", "chapters", cascade=True),
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
)

# --- quizzes ----------------------------------------------------------------------------------------------------

questions = _table(
    "questions",
    _of("lesson_id", "lessons", cascade=True),
    Column("type", String(20), nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text),
    Column("display_order", Integer),
    _count("points", text("1")),
    _flag("archived"),
)
question_answer_options = _table(
    "question_answer_options",
    _of("question_id", "questions", cascade=True),
    Column("option_text", Text, nullable=False),
    _flag("is_correct", nullable=False),
    Column("display_order", Integer),
)
quiz_attempts = _table(
    "quiz_attempts",
    _of("user_id", "users"),
    _of("lesson_id", "lessons"),
    Column("score", Integer),
    _flag("is_passed"),
    _time("completed_at"),
    UniqueConstraint("user_id", "lesson_id", "created_at"),
)
student_question_answers = _table(
    "student_question_answers",
    _of("quiz_attempt_id", "quiz_attempts", cascade=True),
    _of("question_id", "questions"),
    Column("answer_text", Text),
    Column("selected_option_id", UUID(as_uuid=True), ForeignKey("question_answer_options.id")),
    _count("points_earned"),
    _flag("is_correct"),
)

# --- progress ---------------------------------------------------------------------------------------------------

student_courses = _table(
    "student_courses",
    _of("user_id", "users"),
    _of("course_id", "courses"),
    _time("enrolled_at", default=_NOW),
    _time("completed_at"),
    UniqueConstraint("user_id", "course_id"),
)
student_chapter_progress = _table(
    "student_chapter_progress",
    _of("user_id", "users"),
    _of("chapter_id", "chapters"),
    _flag("is_completed"),
    _time("completed_at"),
    UniqueConstraint("user_id", "chapter_id"),
)
student_lesson_progress = _table(
    "student_lesson_progress",
    _of("user_id", "users"),
    _of("lesson_id", "lessons"),
    _of("chapter_id", "chapters"),
    _flag("is_completed"),
    _flag("is_started"),
    _time("completed_at"),
    _count("attempts"),
    _flag("is_quiz_passed"),
    UniqueConstraint("user_id", "lesson_id"),
)

# --- the mentor -------------------------------------------------------------------------------------------------

ai_mentor_lessons = _table(
    "ai_mentor_lessons",
    _of("lesson_id", "lessons"),
    Column("ai_prompt", Text),
    Column("learning_objectives", Text),
    Column("difficulty_level", String(20)),
    UniqueConstraint("lesson_id"),
)
ai_mentor_threads = _table(
    "ai_mentor_threads",
    _of("user_id", "users"),
    _of("lesson_id", "lessons"),
    Column("thread_title", String(200)),
    _flag("is_active", _TRUE),
)
ai_mentor_thread_messages = _table(
    "ai_mentor_thread_messages",
    _of("thread_id", "ai_mentor_threads", cascade=True),
    Column("role", String(20), nullable=False),
    Column("content", Text, nullable=False),
    Column("tokens_used", Integer),
    Column("model_version", String(50)),
)
ai_mentor_student_lesson_progress = _table(
    "ai_mentor_student_lesson_progress",
    _of("user_id", "users"),
    _of("lesson_id", "lessons"),
    Column("understanding_level", Integer),
    Column("engagement_score", Integer),
    Column("learning_insights", Text),
    Column("recommended_actions", Text),
)

# --- SCORM, groups, settings ------------------------------------------------------------------------------------

scorm_metadata = _table(
    "scorm_metadata",
    _of("course_id", "courses"),
    Column("package_name", String(200)),
    Column("version", String(50)),
    Column("metadata", JSONB),
)
scorm_files = _table(
    "scorm_files",
    _of("metadata_id", "scorm_metadata", cascade=True),
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
    _of("group_id", "groups", cascade=True),
    _of("user_id", "users", cascade=True),
    UniqueConstraint("group_id", "user_id"),
)
settings = _table(
    "settings",
    Column("company_name", String(200)),
    Column("company_email", String(200)),
    Column("platform_logo_s3_key", String(200)),
    _flag("unregistered_user_courses_accessibility", _TRUE),
    _flag("enforce_sso"),
)

# --- statistics -------------------------------------------------------------------------------------------------

user_statistics = _table(
    "user_statistics",
    _of("user_id", "users"),
    _count("courses_enrolled"),
    _count("courses_completed"),
    _count("lessons_completed"),
    _count("total_study_time_minutes"),
    Column("average_quiz_score", Numeric(5, 2)),
    UniqueConstraint("user_id"),
)
courses_summary_stats = _table(
    "courses_summary_stats",
    _of("course_id", "courses"),
    _count("total_enrollments"),
    _count("completed_enrollments"),
    Column("average_completion_time_hours", Numeric(8, 2)),
    Column("average_course_rating", Numeric(3, 2)),
    UniqueConstraint("course_id"),
)
course_students_stats = _table(
    "course_students_stats",
    _of("course_id", "courses"),
    _of("user_id", "users"),
    _time("enrollment_date"),
    _time("completion_date"),
    _count("study_time_minutes"),
    _count("quiz_attempts"),
    Column("average_quiz_score", Numeric(5, 2)),
    UniqueConstraint("course_id", "user_id"),
)

# --- our own schema ---------------------------------------------------------------------------------------------

audit: Final = Table(
    "audit",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("at", TIMESTAMP(timezone=True), server_default=text("clock_timestamp()"), nullable=False),
    Column("actor_id", UUID(as_uuid=True)),
    Column("action", Text, nullable=False),
    Column("subject_id", UUID(as_uuid=True)),
    Column("object_id", UUID(as_uuid=True)),
    Column("details", JSONB, server_default=text("'{}'::jsonb"), nullable=False),
    Index("audit_at", "at"),
    Index("audit_actor", "actor_id", "at"),
    Index("audit_subject", "subject_id", "at"),
    Index("audit_action", "action", "at"),
    Index("audit_acts", "at", postgresql_where=text("NOT starts_with(action, 'entry.'::text)")),
    schema="lms_tui",
)
"""What was done to somebody else's rows: by whom, when by the database's clock, what ("lesson.fresh_start"), to whom,
on which object; and who came in (`entry.…`), or failed to, which nobody did. The id is the one that the client chose
for the doing. Ids are plain: a foreign key into `public`
would block other programs' deletes."""
courses_by_hand: Final = Table(
    "courses_by_hand",
    metadata,
    Column("course_id", UUID(as_uuid=True), primary_key=True),
    Column("what", Text, primary_key=True),
    Column("at", TIMESTAMP(timezone=True), server_default=text("clock_timestamp()"), nullable=False),
    schema="lms_tui",
)
"""What staff set of a course by hand, `published`, `price` or `category`: a later import leaves it."""
mail: Final = Table(
    "mail",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True, server_default=text("gen_random_uuid()")),
    Column("kind", Text, nullable=False),
    Column("code_id", UUID(as_uuid=True), nullable=False),
    Column("created_at", TIMESTAMP(timezone=True), server_default=text("clock_timestamp()"), nullable=False),
    Column("due", TIMESTAMP(timezone=True), server_default=text("clock_timestamp()")),
    Column("tries", Integer, server_default=_ZERO, nullable=False),
    Column("claimed_until", TIMESTAMP(timezone=True)),
    Column("fault", Text),
    Column("sent_at", TIMESTAMP(timezone=True)),
    Index("mail_due", "due", postgresql_where=text("sent_at IS NULL AND due IS NOT NULL")),
    Index("mail_created", "created_at"),
    Index("mail_code", "code_id"),
    schema="lms_tui",
)
"""Mails to send (`db/queries/mail.py`): the row of the code in `create_tokens` or `reset_tokens`, when it is tried
next (NULL: never again), and what went wrong last. Neither an address nor a code stands here."""
search_words: Final = Table(
    "search_words",
    metadata,
    Column("word", Text(collation="C"), primary_key=True),
    Column("courses", Integer, nullable=False),
    Column("keys", ARRAY(Text), nullable=False),
    Column("edition", Integer, nullable=False),
    Index("search_words_keys", "keys", postgresql_using="gin"),
    schema="lms_tui",
)
"""The words of the catalog, by which misspelled ones are corrected (`db/queries/spelling.py`)."""
search_edition: Final = Table(
    "search_edition",
    metadata,
    Column("one", Boolean, primary_key=True),
    Column("edition", Integer, nullable=False),
    Column("begun_at", TIMESTAMP(timezone=True), nullable=False),
    Column("ended_at", TIMESTAMP(timezone=True)),
    schema="lms_tui",
)
"""One row, whose key is true: when the words were last gathered."""

study_hours: Final = Table(
    "study_hours",
    metadata,
    Column("user_id", UUID(as_uuid=True), primary_key=True),
    Column("hour", TIMESTAMP(timezone=True), primary_key=True),
    Column("course_id", UUID(as_uuid=True), primary_key=True),
    Column("minutes", Integer, nullable=False),
    schema="lms_tui",
)
"""In which hours a learner studied a course, for the plot of study time by weeks; the sum that counts stands in
`course_students_stats`. Minutes are told when they have passed, so an hour may hold more than sixty."""

reading_positions: Final = Table(
    "reading_positions",
    metadata,
    Column("user_id", UUID(as_uuid=True), primary_key=True),
    Column("lesson_id", UUID(as_uuid=True), primary_key=True),
    Column("block", Integer, nullable=False),
    Column("letters", Integer, nullable=False),
    Column("updated_at", TIMESTAMP(timezone=True), server_default=text("clock_timestamp()"), nullable=False),
    schema="lms_tui",
)
"""Where a learner left the text of a lesson, for their other machines (`client.positions` has the rule): a block of the
text and how many of its letters stand before. `updated_at` is when the place became another one."""

mentor_streams: Final = Table(
    "mentor_streams",
    metadata,
    Column("user_id", UUID(as_uuid=True), primary_key=True),
    Column("turn", UUID(as_uuid=True), nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("seen_at", TIMESTAMP(timezone=True), nullable=False),
    schema="lms_tui",
    prefixes=["UNLOGGED"],
)
"""Whose turn with the mentor is under way (`service.mentor_turns` has the rule), and what it has used so far."""
mentor_usage: Final = Table(
    "mentor_usage",
    metadata,
    Column("user_id", UUID(as_uuid=True), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("tokens", BigInteger, nullable=False),
    schema="lms_tui",
)
"""What a learner used of each day's tokens."""
mentor_no_check: Final = Table(
    "mentor_no_check",
    metadata,
    Column("user_id", UUID(as_uuid=True), primary_key=True),
    Column("lesson_id", UUID(as_uuid=True), primary_key=True),
    Column("at", TIMESTAMP(timezone=True), nullable=False),
    schema="lms_tui",
)
"""When a learner's check of a lesson last came to nothing by a fault: until one succeeds, it may be done by hand."""

throttle: Final = Table(
    "throttle",
    metadata,
    Column("key", BYTEA, primary_key=True),
    Column("gap", INTERVAL, nullable=False),
    Column("full_at", TIMESTAMP(timezone=True), nullable=False),
    schema="lms_tui",
    prefixes=["UNLOGGED"],
)
"""How often was tried at the doors (`db/queries/throttle.py` has the rule): by keyed hash, when all tries are there
again, and how long one takes to come back."""
known_clients: Final = Table(
    "known_clients",
    metadata,
    Column("key", BYTEA, primary_key=True),
    Column("until", TIMESTAMP(timezone=True), nullable=False),
    schema="lms_tui",
)
"""From which networks an address was signed in with lately, by keyed hash of both, and until when that counts."""

sso_sign_ins: Final = Table(
    "sso_sign_ins",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("secret", BYTEA, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("device_code", BYTEA, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("user_code", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("complete_address", Text, nullable=False),
    Column("pause", Integer, nullable=False),
    Column("next_at", TIMESTAMP(timezone=True), nullable=False),
    Column("ends_at", TIMESTAMP(timezone=True), nullable=False),
    Column("outcome", Text),
    Column("user_id", UUID(as_uuid=True)),
    Column("ended_at", TIMESTAMP(timezone=True)),
    schema="lms_tui",
)
"""Sign-ins under way at an issuer (`db/queries/sso.py` has the rule): `secret` is the hash of the client's,
`device_code` is sealed, `issuer` the configured name, `pause` the seconds between two questions, `outcome` NULL until
it ends."""
sso_people: Final = Table(
    "sso_people",
    metadata,
    Column("user_id", UUID(as_uuid=True), primary_key=True),
    Column("issuer", Text, primary_key=True),
    Column("last_at", TIMESTAMP(timezone=True), nullable=False),
    schema="lms_tui",
)
"""Who has signed in by which issuer, named by its address, and when last."""

# --- indexes ----------------------------------------------------------------------------------------------------

NAMED_INDEXES: Final = (
    Index("idx_users_email", users.c.email),
    Index("idx_users_role", users.c.role, postgresql_where=text("archived = false")),
    Index("idx_courses_published", courses.c.is_published, postgresql_where=text("archived = false")),
    Index("idx_courses_category", courses.c.category_id),
    Index("idx_courses_author", courses.c.author_id),
    Index("idx_lessons_chapter", lessons.c.chapter_id),
    Index("idx_lessons_type", lessons.c.type),
    Index("idx_student_progress_user", student_lesson_progress.c.user_id),
    Index("idx_student_progress_lesson", student_lesson_progress.c.lesson_id),
    Index("idx_student_progress_completed", student_lesson_progress.c.is_completed),
    Index("idx_ai_threads_user_lesson", ai_mentor_threads.c.user_id, ai_mentor_threads.c.lesson_id),
    Index("idx_ai_messages_thread", ai_mentor_thread_messages.c.thread_id),
)
"""The indexes that schema.md names."""

SINGLE_SETTINGS: Final = Index("settings_single_row", text("(true)"), unique=True, _table=settings)
"""The repair of a CHECK that rejects every row: one row at most exists."""

_SHOWN = text("is_published AND archived IS NOT TRUE")

ADDITIVE_INDEXES: Final = (
    Index("lms_tui_courses_title", courses.c.title, courses.c.id, postgresql_where=_SHOWN),
    Index("lms_tui_courses_created", courses.c.created_at, courses.c.id, postgresql_where=_SHOWN),
    Index("lms_tui_courses_price", courses.c.price_in_cents, courses.c.id, postgresql_where=_SHOWN),
    *(
        Index(f"lms_tui_courses_category_{name}", courses.c.category_id, key, courses.c.id, postgresql_where=_SHOWN)
        for name, key in (
            ("title", courses.c.title),
            ("created", courses.c.created_at),
            ("price", courses.c.price_in_cents),
        )
    ),
    Index(
        "lms_tui_courses_words",
        text("to_tsvector('simple', title || ' ' || coalesce(description, ''))"),
        postgresql_using="gin",
        _table=courses,
    ),
    Index("lms_tui_courses_searched", text(f"({search.WORDS})"), postgresql_using="gin", _table=courses),
    Index(
        "lms_tui_courses_beginning",
        text(search.BEGINNING),
        courses.c.id,
        postgresql_where=_SHOWN,
    ),
    Index("lms_tui_users_names", text(f"({search.NAMES})"), postgresql_using="gin", _table=users),
    Index("lms_tui_users_email_lower", text("lower(email)"), _table=users),
    Index("lms_tui_credentials_user", credentials.c.user_id),
    Index("lms_tui_chapters_course", chapters.c.course_id),
    Index("lms_tui_questions_lesson", questions.c.lesson_id),
    Index("lms_tui_options_question", question_answer_options.c.question_id),
    Index("lms_tui_attempts_user_lesson", quiz_attempts.c.user_id, quiz_attempts.c.lesson_id),
    Index("lms_tui_attempts_lesson", quiz_attempts.c.lesson_id),
    Index(
        "lms_tui_answers_attempt",
        student_question_answers.c.quiz_attempt_id,
        student_question_answers.c.question_id,
    ),
    Index("lms_tui_answers_question", student_question_answers.c.question_id),
    Index("lms_tui_enrolments_course", student_courses.c.course_id),
    Index("lms_tui_students_stats_user", course_students_stats.c.user_id),
    Index(
        "lms_tui_checks_user_lesson",
        ai_mentor_student_lesson_progress.c.user_id,
        ai_mentor_student_lesson_progress.c.lesson_id,
        ai_mentor_student_lesson_progress.c.created_at,
    ),
)
"""What our queries need beyond the schema's own; none is unique, so none can refuse another program's row."""
