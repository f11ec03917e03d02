"""What staff set of a course by hand, so that a later import leaves it; and the audit by time, for whoever looks at it.

In our own schema. Ids are those of rows in `public` but no foreign keys, which would block other programs' deletes.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE lms_tui.courses_by_hand (
        course_id UUID NOT NULL,
        what TEXT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (course_id, what)
    )
    """,
    "CREATE INDEX audit_at ON lms_tui.audit (at)",
)


def upgrade() -> None:
    """Make both."""
    for statement in STATEMENTS:
        op.execute(statement)
