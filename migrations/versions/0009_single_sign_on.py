"""Single sign-on: sign-ins that are under way at an issuer, and who has come in by which, in our own schema.

What is under way is shared by all workers and gone some minutes after its end. The code that the issuer gave for it is
sealed by the service's own keys, and of the client's secret only a hash is kept: who reads the table can take over
nobody's sign-in. Ids are those of rows in `public` but no foreign keys, which would block other programs' deletes.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE lms_tui.sso_sign_ins (
        id UUID PRIMARY KEY,
        secret BYTEA NOT NULL,
        issuer TEXT NOT NULL,
        device_code BYTEA NOT NULL,
        nonce TEXT NOT NULL,
        user_code TEXT NOT NULL,
        address TEXT NOT NULL,
        complete_address TEXT NOT NULL,
        pause INTEGER NOT NULL,
        next_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
        outcome TEXT,
        user_id UUID,
        ended_at TIMESTAMP WITH TIME ZONE
    )
    """,
    """
    CREATE TABLE lms_tui.sso_people (
        user_id UUID NOT NULL,
        issuer TEXT NOT NULL,
        last_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (user_id, issuer)
    )
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        op.execute(statement)
