"""Settings: which place counts, what is refused and how, and that no password gets where it can be seen."""

from pathlib import Path

import pytest

from lms_tui.config import Config, ConfigError, resolve


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
