"""Settings: which place counts, what is refused and how, and that no password gets where it can be seen."""

import re
from pathlib import Path

import pytest

from lms_tui.config import Config, ConfigError, resolve
from lms_tui.local.errors import LocalError
from lms_tui.local.mail import mail_of
from lms_tui.local.sso import issuers_of


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.touch(mode=0o600)
    return path


def given(file: Path, flags: dict[str, object] | None = None, **environment: str) -> Config:
    return resolve(flags, {"LMS_TUI_CONFIG": str(file), **environment})


def test_flag_before_environment_before_file(file: Path) -> None:
    given_open = '[open]\nvideo = "mpv --fs {}"\n'
    file.write_text(
        'theme = "of file"\nascii = true\nas = "f@example.org"\n[keys]\n"course.enrol" = "E"\n' + given_open
    )
    config = given(file, {"theme": "of flag", "ascii": None}, LMS_TUI_THEME="of env", LMS_TUI_AS="e@example.org")
    assert (config.theme, config.as_email, config.ascii) == ("of flag", "e@example.org", True)
    assert config.keys == {"course.enrol": "E"}
    assert config.open == {"video": "mpv --fs {}"}
    assert config.sources["theme"] == "the command line"
    assert config.sources["as"] == "the environment"
    assert config.sources["ascii"] == str(file)


def test_nothing_given_is_the_embedded_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path / "none"))
    assert resolve({}, {}).place == "embedded"


def test_the_first_place_that_names_service_or_database_decides(file: Path) -> None:
    file.write_text('database = "postgresql://localhost/x"')
    config = given(file, {"service": "https://Example.org/"})
    assert (config.service, config.database) == ("https://example.org", None)
    with pytest.raises(ConfigError, match="both a service and a database"):
        given(file, LMS_TUI_SERVICE="https://x.org", LMS_TUI_DATABASE="postgresql://localhost/x")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('them = "x"', "Did you mean 'theme'"),
        ('sources = "x"', "no setting 'sources'"),
        ("qqqq = 1", "There are: as, ascii"),
        ("theme = 3", "Expected `str | null`, got `int`"),
        ("[open]\nsound = 'x'", "nothing called 'sound' to open: [open] knows video and link"),
        ("[open]\nlink = ' '", "open.link is ' ': give a program"),
        ('[open]\nlink = "\'x"', "give a program and its words"),
        ("[open]\nlink = '{} x'", "an address is no program"),
        ("[open]\nlink = 3", "Expected `str`, got `int`"),
        ("theme = ", "is not TOML"),
        ('service = "http://example.org"', "use https://"),
        ('database = "mysql://x"', "postgresql://"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(file: Path, text: str, says: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        given(file)
    assert str(file) in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize("url", ["postgresql://u:hunter2@h/x", "postgresql://h/x?password=hunter2"])
def test_a_password_is_refused_on_the_command_line_and_allowed_in_environment_and_closed_file(
    file: Path, url: str
) -> None:
    with pytest.raises(ConfigError, match="command line") as caught:
        given(file, {"database": url})
    assert "hunter2" not in str(caught.value)
    assert given(file, LMS_TUI_DATABASE=url).database == url
    file.write_text(f'database = "{url}"')
    config = given(file)
    assert config.database == url
    assert "hunter2" not in repr(config) + config.place
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        given(file)


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not there"):
        given(tmp_path / "none.toml")


def test_a_switch_that_is_none(file: Path) -> None:
    assert given(file, LMS_TUI_ASCII="on").ascii is True
    with pytest.raises(ConfigError, match="LMS_TUI_ASCII is 'maybe'"):
        given(file, LMS_TUI_ASCII="maybe")


def test_how_pictures_are_shown_is_one_of_four() -> None:
    for way in ("auto", "kitty", "blocks", "text"):
        assert resolve(environment={"LMS_TUI_CONFIG": "/dev/null", "LMS_TUI_PICTURES": way}).pictures == way
    with pytest.raises(ConfigError, match="pictures is 'sixel': give one of auto, kitty, blocks, text"):
        resolve(environment={"LMS_TUI_CONFIG": "/dev/null", "LMS_TUI_PICTURES": "sixel"})


MAIL = '[mail]\nhost = "mail.example.org"\nsender = "school@example.org"\nservice = "https://Learn.example.org/"\n'


def test_mail_is_put_together_from_file_and_environment(file: Path) -> None:
    file.write_text(MAIL + 'user = "school"\n')
    config = given(
        file, LMS_TUI_MAIL_PASSWORD="s3cret", LMS_TUI_MAIL_PORT="2525", LMS_TUI_MAIL_HOST="other.example.org"
    )
    mail = mail_of(config)
    assert mail is not None
    assert (mail.host, mail.port, mail.security, mail.user) == ("other.example.org", 2525, "starttls", "school")
    assert (mail.password, mail.service) == ("s3cret", "https://learn.example.org")
    assert config.sources["mail.host"] == "the environment"
    assert config.sources["mail.sender"] == str(file)
    assert "s3cret" not in f"{config!r}{mail!r}"


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_each_way_to_encrypt_has_its_port(file: Path, security: str, port: int) -> None:
    file.write_text(MAIL + f'security = "{security}"\n')
    mail = mail_of(given(file, LMS_TUI_MAIL_HOST="localhost"))
    assert mail is not None
    assert mail.port == port


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[mail]\nhost = 'x'", "missing required field `sender`"),
        (MAIL + "hots = 'x'", "unknown field `hots`"),
        (MAIL + "security = 'no'", "Invalid enum value 'no'"),
        (MAIL + "security = 'none'", "could be read on the way"),
        (MAIL + "port = 0", "from 1 to 65535"),
        (MAIL + "port = '25x'", "Expected `int"),
        (MAIL + "password = 'x'", "a password does not stand here"),
        (MAIL + "user = 'x'", "are given together"),
        (MAIL + "password_file = 'x'", "are given together"),
        (MAIL + "ca = '/nowhere'", "which is not a file"),
        (MAIL.replace("school@", "School <school@"), "an address like learning@example.org"),
        (MAIL.replace("school@", "school\\r\\nBcc: x@"), "an address like learning@example.org"),
        (MAIL.replace("mail.example.org", "mail example"), "the name of the mail server"),
        (MAIL.replace("https", "http"), "could be read on the way"),
    ],
)
def test_a_mail_server_that_cannot_be_one_is_refused(file: Path, text: str, says: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError, match=says):
        given(file)


def test_the_password_of_mail_stands_in_a_file_that_its_owner_alone_reads(file: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    file.write_text(MAIL + f'user = "school"\npassword_file = "{secret}"\n')
    with pytest.raises(LocalError, match="cannot be read"):
        mail_of(given(file))
    secret.write_text("s3cret\n")
    secret.chmod(0o640)
    with pytest.raises(LocalError, match="chmod 600"):
        mail_of(given(file))
    secret.chmod(0o600)
    mail = mail_of(given(file))
    assert mail is not None
    assert mail.password == "s3cret"
    with pytest.raises(ConfigError, match="two passwords"):
        given(file, LMS_TUI_MAIL_PASSWORD="other")


SSO = '[sso.our-school]\nissuer = "https://id.example.org/x"\nclient_id = "lms"\ndomains = ["example.org"]\n'


def test_an_issuer_is_put_together_and_its_secret_comes_from_elsewhere(file: Path, tmp_path: Path) -> None:
    file.write_text(SSO + "create = true\n" + SSO.replace("our-school", "other"))
    config = given(file, LMS_TUI_SSO_OUR_SCHOOL_CLIENT_SECRET="s3cret")
    school, other = issuers_of(config)
    assert (school.name, school.issuer, school.client_secret) == ("our-school", "https://id.example.org/x", "s3cret")
    assert (school.create, school.admins, other.create, other.client_secret) == (True, False, False, None)
    assert "s3cret" not in f"{config!r}{school!r}"
    secret = tmp_path / "secret"
    secret.write_text("of a file\n")
    file.write_text(SSO + f'client_secret_file = "{secret}"\n')
    secret.chmod(0o644)
    with pytest.raises(LocalError, match="others can read it"):
        issuers_of(given(file))
    secret.chmod(0o600)
    assert issuers_of(given(file))[0].client_secret == "of a file"
    assert issuers_of(given(tmp_path / "config.toml", LMS_TUI_SSO_OUR_SCHOOL_CLIENT_SECRET="")) != ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (SSO + "client_secret = 'x'", "does not stand here"),
        (SSO + "clientid = 'x'", "unknown field `clientid`"),
        (SSO.replace("https:", "http:"), "its https:// address"),
        (SSO.replace('["example.org"]', "[]"), "whose addresses are taken"),
        (SSO.replace('example.org"]', '*"]'), "whose addresses are taken"),
        (SSO.replace("our-school", "Our_School"), "small letters"),
        (SSO + 'scopes = ["email"]', '"openid" among them'),
        (SSO + 'nonce = "no"', "Invalid enum value"),
        (SSO + "ca = '/nowhere'", "which is not a file"),
        ("sso = 1", "Expected `object`"),
        ("", "belongs to nothing that is configured"),
    ],
)
def test_an_issuer_that_cannot_be_one_is_refused(file: Path, text: str, says: str) -> None:
    file.write_text(text)
    secret = "" if text else "of nobody's"
    with pytest.raises(ConfigError, match=re.escape(says)):
        given(file, LMS_TUI_SSO_SCHOOL_CLIENT_SECRET=secret)
