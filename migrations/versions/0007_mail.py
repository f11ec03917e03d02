"""The queue of mails, in our own schema: which codes are to be sent, never to whom nor which.

Its ids are those of rows in `public` but no foreign keys, which would block other programs' deletes.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE lms_tui.mail (
        id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
        kind TEXT NOT NULL,
        code_id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT clock_timestamp(),
        due TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp(),
        tries INTEGER NOT NULL DEFAULT 0,
        claimed_until TIMESTAMP WITH TIME ZONE,
        fault TEXT,
        sent_at TIMESTAMP WITH TIME ZONE
    )
    """,
    "CREATE INDEX mail_due ON lms_tui.mail (due) WHERE sent_at IS NULL AND due IS NOT NULL",
    "CREATE INDEX mail_created ON lms_tui.mail (created_at)",
    "CREATE INDEX mail_code ON lms_tui.mail (code_id)",
)


def upgrade() -> None:
    """Make the table."""
    for statement in STATEMENTS:
        op.execute(statement)
