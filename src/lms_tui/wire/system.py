"""The service about itself."""

from lms_tui.wire.operation import Access, Operation, Reply, Request


class HealthRequest(Request):
    """Nothing."""


class Health(Reply):
    """Whether the service can work, and which one it is."""

    status: str
    """`ok`, or `no_database` where the database does not answer."""
    build: str
    """A local service of another build is replaced when idle."""
    wire: int
    """`WIRE_VERSION`: a remote service out of range gets a sentence."""
    company: str = ""
    """What the school is called; '' where nothing says so."""
    guests: bool = False
    """Whether one may look around without signing in (`Access.GUEST`); nobody may where the service does not say."""


HEALTH = Operation("system.health", "GET", "/health", HealthRequest, Health, Access.ANYONE, "Whether the service works")
