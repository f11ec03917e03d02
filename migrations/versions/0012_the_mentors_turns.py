"""Whose answer of the mentor is under way, and what was used of each day's tokens, for all workers together.

A row of `mentor_streams` is a learner's turn: one at a time, whatever asks for it. It is written again while the answer
comes; one that was not for a while is a worker's that has gone. None of this need survive a crash of the database but
what was used.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE UNLOGGED TABLE lms_tui.mentor_streams (
        user_id UUID PRIMARY KEY,
        turn UUID NOT NULL,
        tokens BIGINT NOT NULL,
        seen_at TIMESTAMP WITH TIME ZONE NOT NULL
    )
    """,
    """
    CREATE TABLE lms_tui.mentor_usage (
        user_id UUID NOT NULL,
        day DATE NOT NULL,
        tokens BIGINT NOT NULL,
        PRIMARY KEY (user_id, day)
    )
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        op.execute(statement)
