"""The hours in which somebody studied, in our own schema: the given tables have a total and no times.

No foreign keys into `public`, which would block other programs' deletes.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STUDY_HOURS = """
    CREATE TABLE lms_tui.study_hours (
        user_id UUID NOT NULL,
        hour TIMESTAMP WITH TIME ZONE NOT NULL,
        course_id UUID NOT NULL,
        minutes INTEGER NOT NULL,
        PRIMARY KEY (user_id, hour, course_id)
    )
"""


def upgrade() -> None:
    """Make the table."""
    op.execute(STUDY_HOURS)
