"""What a use case is given besides its request: who calls, the database, and what the process shares."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Final
from uuid import UUID, uuid4

from lms_tui.service.counts import CountsCache
from lms_tui.service.database import Pools
from lms_tui.service.floor import Floor
from lms_tui.service.mentor_counted import Counted
from lms_tui.service.mentor_summing import Summing
from lms_tui.service.passwords import Passwords
from lms_tui.service.precedence import Precedence
from lms_tui.service.rate import Rate
from lms_tui.service.settings import Settings
from lms_tui.service.spaced import Spaced
from lms_tui.service.spelling import Spelling
from lms_tui.service.sso_issuer import Provider
from lms_tui.service.store import Store
from lms_tui.service.throttle import Throttle
from lms_tui.service.tokens import Tokens

if TYPE_CHECKING:
    from lms_tui.mentor import provider
    from lms_tui.service.mailer import Mailer


@dataclass(frozen=True, slots=True)
class Caller:
    """The person of the session, as the database had them when this request came."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    role: str

    @property
    def is_admin(self) -> bool:
        """ADMIN in any case of letters."""
        return self.role.upper() == "ADMIN"

    @property
    def is_staff(self) -> bool:
        """CONTENT_CREATOR or ADMIN in any case of letters; an unknown role has a student's rights."""
        return self.role.upper() in {"ADMIN", "CONTENT_CREATOR"}


NOBODY: Final = Caller(uuid4(), "", "", "", "")
"""Who calls without a session: owns nothing, may do nothing, as no row has this id. It is another in each process: one
that is written down could stand in a database that other programs write."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What all requests of one process share."""

    settings: Settings
    pools: Pools
    tokens: Tokens
    passwords: Passwords
    throttle: Throttle
    floor: Floor
    counts: CountsCache
    store: Store
    spelling: Spelling
    rate: Rate
    build: str
    precedence: Precedence
    """What is over soon, and goes before the mentor's answers."""
    mailer: "Mailer | None" = None
    """None: this service sends no mail."""
    mentor_turns: Counted = field(default_factory=Counted)
    """Turns with the mentor where the database has no table for them."""
    beginning: Spaced = field(default_factory=Spaced)
    """When what asks the model may begin."""
    summing: Summing = field(default_factory=Summing)
    """Threads with the mentor that this worker sums up now."""
    issuers: Mapping[str, Provider] = field(default_factory=dict)
    """By whom people sign in, by the issuer's name."""
    mentor: "provider.Provider | None" = None
    """Who answers learners in lessons; None: this service has no AI provider."""


@dataclass(frozen=True, slots=True)
class Context:
    """One request's surroundings."""

    shared: Shared
    caller: Caller
    client: str
    """Address of the other end, '' on a Unix socket."""
    upload: BinaryIO | None = None
    """The body of an operation that `uploads`, at its beginning; open until the use case ends."""
    private: bool = False
    """Whether it came over the private socket of a service that the account of this machine started for itself."""

    @property
    def pools(self) -> Pools:
        """Reads on `.rows` or `.reader.connection()`, searches on `.found`, writes in
        `async with .writer.connection() as tx`."""
        return self.shared.pools

    @property
    def settings(self) -> Settings:
        """How this service was started."""
        return self.shared.settings
