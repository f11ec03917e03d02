"""What a service is started with; read once, handed in, never looked up from a global."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from lms_tui.mentor.settings import ProviderSettings


@dataclass(frozen=True)
class Bucket:
    """A bucket that speaks S3."""

    name: str
    endpoint: str | None = None
    """`https://…` of a service that is not Amazon's; the bucket's name stands in the path behind it."""
    region: str | None = None
    key: str | None = None
    """The access key's id. None: as AWS's own environment variables or the machine's role say."""
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Mail:
    """The server that mail goes out by, and what stands in the mails."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    """How the connection is encrypted; there is no falling back from one to another."""
    sender: str
    """The address that mails come from."""
    service: str
    """The address of this service, as people reach it."""
    user: str | None = None
    """Whom to sign in as at the mail server, with `password`; None: nobody."""
    password: str | None = field(default=None, repr=False)
    ca: Path | None = None
    """A file with the certificates that are trusted in place of the machine's."""


@dataclass(frozen=True)
class Issuer:
    """An OpenID provider by whom people sign in, as it is configured (docs/sso.md)."""

    name: str
    """What it is called for the user."""
    issuer: str
    """Its address, exactly as its id_tokens have it."""
    client_id: str
    domains: tuple[str, ...]
    """Of which people's addresses are taken from it."""
    client_secret: str | None = field(default=None, repr=False)
    """None: a public client."""
    create: bool = False
    """Whether who is not known yet is made a STUDENT."""
    admins: bool = False
    """Whether an ADMIN may sign in by it."""
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    nonce: Literal["ask", "require", "off"] = "ask"
    """`ask`: sent, and right where it comes back; `require`: it comes back; `off`: not sent."""
    verified_claim: str = "email_verified"
    """The claim that says that the address was verified."""
    ca: Path | None = None
    """A file with the certificates that are trusted in place of the machine's."""


@dataclass(frozen=True)
class Mentor:
    """By which AI provider the mentor of lessons speaks, and how much."""

    provider: "ProviderSettings"
    tokens_per_day: int = 200_000
    """Of one learner, all that is told to the model included; 0: any number."""
    streams: int = 100
    """Answers under way at once, of all learners of the service."""
    history_tokens: int = 20_000
    """Of a thread, told with a question; what is older is summed up."""


@dataclass(frozen=True)
class Certificate:
    """What a service shows for itself over https: two files in PEM, read by each worker as it starts."""

    chain: Path
    """The certificate, and behind it those that lead to an authority."""
    key: Path


@dataclass(frozen=True)
class Settings:
    """How one service runs."""

    database_url: str = field(repr=False)
    """`postgresql://…` as libpq reads it; out of `repr`, since it may hold a password."""
    secrets: Path
    """Folder (0700) with the file `session-keys`, made when missing."""
    session_keys: tuple[bytes, ...] = field(default=(), repr=False)
    """Keys from elsewhere, in place of the file: the first signs, all verify. 32 bytes or more each."""
    files_folder: Path | None = None
    """The store of courses' files where there is no `bucket`; None: the folder `files` beside `secrets`."""
    bucket: Bucket | None = None
    """The store of courses' files, in place of a folder."""
    mail: Mail | None = None
    """None: no mail is sent."""
    issuers: tuple[Issuer, ...] = ()
    """By whom people sign in besides their passwords."""
    mentor: Mentor | None = None
    """None: no lesson has a mentor that answers."""
    alone: bool = False
    """Whether no other service works on this database, as on the embedded one: what one before began is over."""
    family: bytes = b""
    """The name of the workers of this service (`mentor_workers`); empty where it is one process."""
    pool_size: int = 10
    """Most connections of the pools for reads and for writes, per worker; that for searches has half as many."""
    rate: float = 0.0
    """Requests a second of one person, at each worker (see `rate.py`); 0: any number."""
    access_seconds: int = 15 * 60
    refresh_seconds: int = 30 * 24 * 3600
    link_seconds: int = 10 * 60
    """How long the link of a file opens it."""
    film_link_seconds: int = 3 * 3600
    """The same of films and sound: a player asks anew at each jump, for as long as the film lasts."""
    sign_in_floor: float = 0.4
    """Seconds before which no failed sign-in is answered; more where passwords are kept that take longer. 0: none."""

    @property
    def files(self) -> Path:
        """The folder that holds the files of courses where there is no bucket."""
        return self.files_folder or self.secrets.parent / "files"
