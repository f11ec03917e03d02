"""What lms-tui is started with: from the command line, else the environment, else the configuration file.

The file is `config.toml` in the folder of `local.paths.places().config` (or what LMS_TUI_CONFIG names). Each
setting has one name everywhere: `service`, `--service`, `LMS_TUI_SERVICE`. Where neither `service` nor `database`
is given, the embedded database is meant. The two exclude each other: the place that is looked at first decides,
and one place must not give both. Nothing is guessed: a name that is not known is refused, with the one it is
like. `Config.sources` tells where each value came from.

`files_…` say where a service of this machine keeps the files of courses, `mail` by which server it sends mail
(`config_mail`), `mentor` by which AI provider it answers (`config_mentor`), and `sso` by whom people sign in to it
(`config_sso`); like every secret they are never taken from the command line.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import msgspec

from lms_tui.client.address import check_address
from lms_tui.local.paths import places

_ENVIRONMENT: Final = "LMS_TUI_{}"
PICTURES: Final = ("auto", "kitty", "blocks", "text")
_PLACES: Final = ("service", "database")
_GATHERED: Final = ("mail", "mentor")
"""Tables whose settings may come from several places, each by its name; `config_NAME.read` looks at them."""


class ConfigError(Exception):
    """A setting is wrong; the message names where it stands, what is wrong and what to do."""


class Config(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, rename={"as_email": "as"}):
    """Every setting there is. None: not set, the program decides."""

    service: str | None = None
    """`https://…`, `http://` to this machine, or `unix:/path`: a service somewhere else."""
    ca: str | None = None
    """File in PEM with the authorities that a `service` may have its certificate of, in place of the known ones."""
    database: str | None = None
    """`postgresql://…`: the local service on that database."""
    as_email: str | None = None
    """Whom the owner of the embedded database acts as."""
    theme: str | None = None
    ascii: bool | None = None
    """Draw with ASCII alone; None: as the locale says."""
    kiosk: bool = False
    """Keep no session beyond this run."""
    pictures: str | None = None
    """How pictures in lessons are shown: `auto`, `kitty`, `blocks` or `text`; None: `auto`."""
    files_folder: str | None = None
    """Folder in which a service of this machine keeps courses' files; None: in the data folder."""
    files_bucket: str | None = None
    """Bucket that speaks S3, in place of a folder."""
    files_endpoint: str | None = None
    """`https://…` (`http://` in a network of your own) of the bucket's service; None: Amazon's."""
    files_region: str | None = None
    files_key: str | None = None
    """Id of the access key; None: as AWS's own variables or the machine's role say."""
    files_secret: str | None = None
    mail: dict[str, str | int] = {}
    """`[mail]` of the file and `LMS_TUI_MAIL_…`, each by its name (`config_mail.MailConfig`); empty: none is sent."""
    mentor: dict[str, Any] = {}
    """`[mentor]` and `LMS_TUI_MENTOR_…`, each by its name (`config_mentor.MentorConfig`); empty: none answers."""
    sso: dict[str, dict[str, Any]] = {}
    """`[sso.NAME]` of the file, each by its name (`config_sso.IssuerConfig`); empty: by passwords alone."""
    open: dict[str, str] = {}
    """What opens a `video` and a `link`, in the file only: `video = "mpv {}"` (`tui.opener`)."""
    keys: dict[str, str] = {}
    """Keys of commands by their id, in the file only: `"course.enrol" = "E"`."""
    sources: dict[str, str] = {}
    """Where each value that is set came from, in words; never in a file."""

    def __repr__(self) -> str:
        """Leave the database's address out, since it may hold a password."""
        return f"Config(place={self.place!r})"

    @property
    def place(self) -> str:
        """The name of where the learner's data is, for ever: no password, no path of a socket made by us."""
        if self.service is not None:
            return self.service
        if self.database is not None:
            parts = urlsplit(self.database)
            host = f"{parts.hostname or 'localhost'}:{parts.port or 5432}"
            named = [(key, value) for key, value in parse_qsl(parts.query) if key in ("host", "port", "dbname")]
            return f"database:{host}{parts.path}" + "".join(f" {key}={value}" for key, value in named)
        return "embedded"


def resolve(flags: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None) -> Config:
    """Return the settings of this start; `flags` are those given on the command line, by their names.

    Raises ConfigError for anything that is wrong in any of the three places, also where it would not count.
    """
    environment = os.environ if environment is None else environment
    path = config_path(environment)
    levels: list[tuple[str, dict[str, Any]]] = [
        ("the command line", _from_flags(flags or {})),
        ("the environment", _from_environment(environment)),
        (str(path), _from_file(path, named="LMS_TUI_CONFIG" in environment)),
    ]
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for where, given in levels:
        if all(given.get(name) for name in _PLACES):
            raise ConfigError(f"{where.capitalize()} gives both a service and a database: leave one of them out.")
        decided = any(name in values for name in _PLACES)
        for name, value in given.items():
            if name in _GATHERED:
                gathered = {**value, **values.get(name, {})}
                sources |= {f"{name}.{key}": where for key in gathered.keys() - values.get(name, {}).keys()}
                values[name] = gathered
            elif name not in values and not (decided and name in _PLACES):
                values[name], sources[name] = value, where
    _check_gathered(values)
    if "sso" in values or any(name.startswith(_ENVIRONMENT.format("SSO_")) for name in environment):
        values["sso"] = _issuers(values.get("sso", {}), environment)
    return msgspec.convert({**values, "sources": sources}, Config)


def config_path(environment: Mapping[str, str]) -> Path:
    """Return where the configuration file is, or would be."""
    named = environment.get("LMS_TUI_CONFIG")
    return Path(named).expanduser() if named else places().config / "config.toml"


def holds_password(url: str) -> bool:
    """Tell whether `url` has a password in it, before its host or among its parameters."""
    parts = urlsplit(url)
    return parts.password is not None or any("password" in key.lower() for key, _ in parse_qsl(parts.query))


def _from_flags(flags: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in flags.items() if value is not None}
    for name in _PLACES:
        if name in given and holds_password(str(given[name])):
            raise ConfigError(
                f"--{name}: a password on the command line can be seen by everybody on this machine. "
                f"Put the address into {_ENVIRONMENT.format(name.upper())} or the configuration file."
            )
    return _checked("the command line", given)


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name in _NAMES - {"keys", "open", "sso", *_GATHERED}:
        text = environment.get(_ENVIRONMENT.format(name.upper()), "")
        if text and name in ("ascii", "kiosk"):
            given[name] = _switch(_ENVIRONMENT.format(name.upper()), text)
        elif text:
            given[name] = text
    for table in _GATHERED:
        beginning = _ENVIRONMENT.format(f"{table.upper()}_")
        found = {
            name.removeprefix(beginning).lower(): text
            for name, text in environment.items()
            if name.startswith(beginning) and text
        }
        if found:
            given[table] = found
    return _checked("the environment", given)


def _from_file(path: Path, *, named: bool) -> dict[str, Any]:
    """Return what the file says; a file that is not there says nothing, unless LMS_TUI_CONFIG names it."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read()
    except FileNotFoundError:
        if named:
            raise ConfigError(f"LMS_TUI_CONFIG names {path}, which is not there.") from None
        return {}
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    import tomllib  # noqa: PLC0415 - most starts have no file

    try:
        given = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}.") from error
    for name in given:
        if name not in _NAMES:
            import difflib  # noqa: PLC0415 - for those who mistyped

            near = difflib.get_close_matches(name, _NAMES, 1)
            hint = f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(sorted(_NAMES))}."
            raise ConfigError(f"{path}: there is no setting {name!r}.{hint}")
    _check_secrets(path, given, open_to_others=bool(stat.S_IMODE(mode) & 0o077))
    return _checked(str(path), given)


def _check_secrets(path: Path, given: dict[str, Any], *, open_to_others: bool) -> None:
    """Raise ConfigError for a secret that does not stand in this file, or that others can read there."""
    if holds_password(str(given.get("database", ""))) and open_to_others:
        raise ConfigError(f"{path} holds a password and others can read it. Close it: chmod 600 {path}")
    if given.get("files_secret") and open_to_others:
        raise ConfigError(f"{path} holds the secret of a bucket and others can read it. Close it: chmod 600 {path}")
    if "password" in given.get("mail", {}):
        raise ConfigError(f"{path}: a password does not stand here. Name a file with it: mail.password_file = …")
    if "key" in given.get("mentor", {}):
        raise ConfigError(f"{path}: a key does not stand here. lms-tui mentor setup puts it where it belongs.")
    if any("client_secret" in issuer for issuer in _tables(given.get("sso"))):
        raise ConfigError(f"{path}: a client's secret does not stand here. Name a file: client_secret_file = …")


def _checked(where: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return what one place gives, of the right types and with addresses that can be ones."""
    try:
        msgspec.convert(given, Config)
        if given.get("service") is not None:
            given["service"] = check_address(given["service"])
        if given.get("database") is not None:
            _check_database(given["database"])
        _check_ca(given.get("ca"))
        _check_files(given)
        _check_pictures(given.get("pictures"))
        _check_open(given.get("open", {}))
    except (msgspec.ValidationError, ValueError) as error:
        raise ConfigError(f"{where}: {error}") from error
    return given


def _check_database(url: str) -> None:
    """Raise ValueError, without the address in it, for what is not a PostgreSQL URL."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise ValueError("the database is given as postgresql://user@host/name.")
    try:
        _ = urlsplit(url).port
    except ValueError:
        raise ValueError("the database's address has a port that is no number.") from None


def _check_ca(given: str | None) -> None:
    """Raise ValueError for a file that is not there: whether it holds authorities is seen when it is used."""
    if given is not None and not Path(given).expanduser().is_file():
        raise ValueError(f"ca is {given!r}: give a file that holds the certificate of your authority in PEM.")


def _check_pictures(given: str | None) -> None:
    """Raise ValueError for a way to show pictures that there is not."""
    if given not in (None, *PICTURES):
        raise ValueError(f"pictures is {given!r}: give one of {', '.join(PICTURES)} (docs/settings.md).")


def _check_open(given: dict[str, str]) -> None:
    """Raise ValueError for a program that could not be started, and for what there is nothing to open of."""
    import shlex  # noqa: PLC0415 - most starts have no file

    for kind, words in given.items():
        if kind not in ("video", "link"):
            raise ValueError(f"there is nothing called {kind!r} to open: [open] knows video and link.")
        try:
            program, *_ = shlex.split(words)
        except ValueError:
            raise ValueError(f'open.{kind} is {words!r}: give a program and its words, as in "mpv {{}}".') from None
        if "{}" in program:
            raise ValueError(f"open.{kind} is {words!r}: an address is no program.")


def _check_files(given: dict[str, Any]) -> None:
    """Raise ValueError for an address of a bucket's service that is none, and for half of an access key."""
    endpoint = given.get("files_endpoint")
    parts = urlsplit(endpoint or "https://example.org")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ValueError("files_endpoint is given as https://host, without a user or a key in it.")
    if (given.get("files_key") is None) != (given.get("files_secret") is None):
        raise ValueError("files_key and files_secret are given together, in one place, or both left out.")
    if given.get("files_folder") and given.get("files_bucket"):
        raise ValueError("files_folder and files_bucket are two stores: leave one of them out.")


def _check_gathered(values: dict[str, Any]) -> None:
    """Raise ConfigError for a server that cannot be one, whichever places its settings come from."""
    for table in _GATHERED:
        if values.get(table):
            from importlib import import_module  # noqa: PLC0415 - most start without

            try:
                import_module(f"lms_tui.config_{table}").read(values[table])
            except ValueError as error:
                raise ConfigError(str(error)) from error


def _tables(found: object) -> list[dict[str, Any]]:
    return [table for table in found.values() if isinstance(table, dict)] if isinstance(found, dict) else []


def _issuers(given: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the issuers with their secrets. Raises ConfigError for one that cannot be one."""
    from lms_tui.config_sso import read, with_secrets  # noqa: PLC0415 - most start without

    try:
        found = with_secrets(given, environment)
        read(found)
    except ValueError as error:
        raise ConfigError(str(error)) from error
    return found


def _switch(name: str, text: str) -> bool:
    if text.lower() in ("1", "true", "yes", "on"):
        return True
    if text.lower() in ("0", "false", "no", "off"):
        return False
    raise ConfigError(f"{name} is {text!r}: give 1 or 0.")


_NAMES: Final = frozenset(Config.__struct_encode_fields__) - {"sources"}
