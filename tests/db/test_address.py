"""The URL of a database: which are taken, and that no error repeats one."""

import traceback

import pytest

from lms_tui.cli.main import main
from lms_tui.db.address import AddressError, check_address


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u@h/d",
        "postgres://u:p%40ss%2F%25@h:5433/d?sslmode=require",
        "postgresql:///d?host=/run/pg",
        "postgresql://%2Frun%2Fpg/d",
        "postgresql://u@h1:5432,h2/d",
        "postgresql://u:w?y@[::1]:5432/d",
    ],
)
def test_what_libpq_reads_is_taken(url: str) -> None:
    check_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "d",
        "host=h password=geheim",
        "mysql://u:geheim@h/d",
        "postgresql+psycopg://u:geheim@h/d",
        "postgresql://u:geheim%zz@h/d",
        "postgresql://u:a@geheim@h/d",
        "postgresql://u:12/geheim@h/d",
        "postgresql://u:geheim@[::1/d",
        "postgresql://u:geheim@h:port/d",
        "postgresql://u:geheim@h/d?nonsense=1",
    ],
)
def test_anything_else_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(AddressError, match="postgresql://user@host/database") as refused:
        check_address(url)
    assert "geheim" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize(
    "words",
    [["serve", "--port", "0"], ["user", "create", "a@x.org", "--password-stdin"], ["db", "current"], ["db", "check"]],
)
def test_each_command_says_so_in_a_sentence(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LMS_TUI_DATABASE", "postgresql://u:geheim%zz@h/d")
    assert main(words) == 1
    told = capsys.readouterr()
    assert "cannot be read" in told.err
    assert "%25 for %" in told.err
    assert told.err.count("\n") == 1
    assert "geheim" not in told.out + told.err
