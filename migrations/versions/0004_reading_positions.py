"""Where each learner left the text of a lesson, in our own schema: the given tables have no column for it.

No foreign keys into `public`, which would block other programs' deletes.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

READING_POSITIONS = """
    CREATE TABLE lms_tui.reading_positions (
        user_id UUID NOT NULL,
        lesson_id UUID NOT NULL,
        block INTEGER NOT NULL,
        letters INTEGER NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (user_id, lesson_id)
    )
"""


def upgrade() -> None:
    """Make the table."""
    op.execute(READING_POSITIONS)
