"""The audit: who did what to whom, in our own schema.

Its ids are those of rows in `public` but no foreign keys, which would block other programs' deletes.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

AUDIT = """
    CREATE TABLE lms_tui.audit (
        id UUID PRIMARY KEY,
        at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT clock_timestamp(),
        actor_id UUID NOT NULL,
        action TEXT NOT NULL,
        subject_id UUID,
        object_id UUID,
        details JSONB NOT NULL DEFAULT '{}'
    )
"""


def upgrade() -> None:
    """Make the table."""
    op.execute(AUDIT)
