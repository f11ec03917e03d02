"""The throttle of the doors, shared by all workers, in our own schema: how often was tried, and who came in from where.

Keys are keyed hashes: neither an address that was tried nor where anybody came from can be read from them. The tries
need not survive a crash; where people have signed in before does, or an attack that goes on would hold them back too.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE UNLOGGED TABLE lms_tui.throttle (
        key BYTEA PRIMARY KEY,
        gap INTERVAL NOT NULL,
        full_at TIMESTAMP WITH TIME ZONE NOT NULL
    )
    """,
    """
    CREATE TABLE lms_tui.known_clients (
        key BYTEA PRIMARY KEY,
        until TIMESTAMP WITH TIME ZONE NOT NULL
    )
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        op.execute(statement)
