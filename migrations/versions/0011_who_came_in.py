"""The audit of the doors: a failed sign-in has no actor; what is told of a person, or of one kind, is found by time."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE lms_tui.audit ALTER COLUMN actor_id DROP NOT NULL",
    "CREATE INDEX audit_actor ON lms_tui.audit (actor_id, at)",
    "CREATE INDEX audit_subject ON lms_tui.audit (subject_id, at)",
    "CREATE INDEX audit_action ON lms_tui.audit (action, at)",
    "CREATE INDEX audit_acts ON lms_tui.audit (at) WHERE NOT starts_with(action, 'entry.')",
)


def upgrade() -> None:
    """Make them."""
    for statement in STATEMENTS:
        op.execute(statement)
