"""When a mentor's check came to nothing, so that its lesson may be done by hand; and results by learner and lesson.

No foreign keys into `public`, which would block other programs' deletes.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE lms_tui.mentor_no_check (
        user_id UUID NOT NULL,
        lesson_id UUID NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (user_id, lesson_id)
    )
    """,
    """
    CREATE INDEX IF NOT EXISTS lms_tui_checks_user_lesson
    ON ai_mentor_student_lesson_progress (user_id, lesson_id, created_at)
    """,
)


def upgrade() -> None:
    """Make both."""
    for statement in STATEMENTS:
        op.execute(statement)
