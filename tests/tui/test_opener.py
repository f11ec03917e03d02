"""Addresses that leave the terminal: which may, by what program, and what becomes of it when that fails."""

import stat
import sys
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest
from tests.tui.library import Library, Reader, reading
from tests.tui.scanner import scanned

from lms_tui.tui import opener
from lms_tui.tui.app import LmsApp
from lms_tui.tui.look import Look
from lms_tui.tui.screens.address import AddressScreen
from lms_tui.tui.screens.lesson import LessonScreen
from lms_tui.tui.text.qr import drawn, least

pytestmark = pytest.mark.anyio
FILM = "https://example.org/film?a=1&b=2"
DISPLAY = {"DISPLAY": ":0"}


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "file:///etc/passwd", "ftp://example.org/x", "-x", "--help", "/etc/passwd", "", "http://",
        "https://example.org/\nrm", "https://example.org/\x1b[31m", "https://exam\u202eple.org/", "https://a b.org\t/",
        "https://" + "x" * 3000, "http://[::1", "HTTPS ://example.org",
    ],
)  # fmt: skip
def test_what_is_never_opened(address: str, tmp_path: Path) -> None:
    with pytest.raises(opener.OpenError):
        opener.checked(address, tmp_path)


@pytest.mark.parametrize(
    ("address", "opened"),
    [
        (FILM, FILM),
        ("http://example.org/a b/ü?q=ñ#x", "http://example.org/a%20b/%C3%BC?q=%C3%B1#x"),
        ("https://exämple.org/%20", "https://xn--exmple-cua.org/%20"),
        ("https://example.org/$(touch x);`y`", "https://example.org/$(touch%20x);%60y%60"),
    ],
)
def test_what_is_opened_is_ascii_without_blanks(address: str, opened: str) -> None:
    assert opener.checked(address) == opened


def test_of_paths_only_those_of_our_own_cache_are_opened(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "film.mp4").touch()
    (cache / "out").symlink_to("/etc")
    assert opener.checked(str(cache / "film.mp4"), cache) == str(cache / "film.mp4")
    for path in (cache / "out" / "passwd", cache / ".." / "x"):
        with pytest.raises(opener.OpenError):
            opener.checked(str(path), cache)


def programs(folder: Path, *names: str) -> dict[str, str]:
    for name in names:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    return {**DISPLAY, "PATH": str(folder)}


def test_the_program_is_the_chosen_one_or_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    chosen = {"video": "'my player' --x {}"}
    both = programs(tmp_path, "vlc", "xdg-open")
    assert opener.program("video", chosen, {}, kiosk=False) == ["my player", "--x", "{}"]
    assert opener.program("video", chosen, {"SSH_CONNECTION": "x"}, kiosk=False) == ["my player", "--x", "{}"]
    assert opener.program("video", chosen, both, kiosk=True) is None
    assert opener.program("video", {}, both, kiosk=False) == ["vlc"]
    assert opener.program("link", chosen, both, kiosk=False) == ["xdg-open"]
    assert opener.program("video", {}, programs(tmp_path, "mpv"), kiosk=False) == ["mpv"]
    assert opener.program("link", {}, {**both, "SSH_CONNECTION": "x"}, kiosk=False) is None
    assert opener.program("link", {}, {"PATH": str(tmp_path)}, kiosk=False) is None
    assert opener.program("link", {}, {**DISPLAY, "PATH": "/nowhere"}, kiosk=False) is None


Script = Callable[[str], str]


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Return the path of a program that does what it is told, and notes its arguments, each in a line."""

    def make(told: str) -> str:
        program = tmp_path / "a player"
        program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{tmp_path}/said"\n{told}\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return f"'{program}'"

    return make


async def test_the_program_gets_its_words_and_no_shell(script: Script, tmp_path: Path) -> None:
    program = script("exit 0").strip("'")
    address = opener.checked("https://example.org/$(touch x);&*'")
    for words, said in (([program, "--url={}", "-n"], [f"--url={address}", "-n"]), ([program, "-n"], ["-n", address])):
        await opener.start(words, address)
        assert (tmp_path / "said").read_text().splitlines() == said
    assert not (tmp_path / "x").exists()


async def test_what_cannot_be_started_or_fails_at_once_is_told(script: Script) -> None:
    for program, why in (
        ("/nowhere/player", "player could not be started: it is not there"),
        ("/etc/passwd", "passwd could not be started: Permission denied"),
    ):
        with pytest.raises(opener.OpenError, match=why):
            await opener.start([program], FILM)
    for told, why in (("exit 3", "ended at once with exit code 3"), ("kill -9 $$", "ended at once with signal 9")):
        with pytest.raises(opener.OpenError, match=f"^a player {why}"):
            await opener.start([script(told).strip("'")], FILM)


async def test_a_program_that_stays_is_left_alone(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opener, "_FAILS_WITHIN", 0.05)
    await opener.start([script("sleep 1; exit 3").strip("'")], FILM)


CHAPTERS = {"Joins": [("A film", "video", FILM), ("Odd", "video", "gopher://example.org/x")]}


async def at_the_film(library: Library, reader: Reader, title: str = "A film") -> None:
    lesson = library.one("SELECT id FROM lessons WHERE title = %s", title)
    await reader.shows("Browse the catalog")
    reader.app.push_screen(LessonScreen(lesson))
    await reader.shows("1 Joins")


async def test_a_film_is_opened_then_done(library: Library, script: Script, tmp_path: Path) -> None:
    library.course("Databases", CHAPTERS, enrolled=True)
    async with reading(library) as reader:
        reader.app.open_with = {"video": f"{script('exit 0')} --fs {{}}"}
        await at_the_film(library, reader)
        await reader.shows(FILM, "o opens it in a player, q shows its QR code")
        await reader.press("d")
        await reader.shows("Open it first: o opens it")
        assert library.one("SELECT bool_or(is_completed) FROM student_lesson_progress") is not True
        await reader.press("o")
        await reader.shows("✓ opened. Mark it done with d", "d marks it done.")
        assert (tmp_path / "said").read_text().splitlines() == ["--fs", FILM]
        await reader.press("escape")
        await at_the_film(library, reader)
        await reader.shows("✓ opened")
        await reader.press("d")
        await reader.shows("✓ done 1/2")
        await reader.until(lambda: library.one("SELECT bool_or(is_completed) FROM student_lesson_progress") is True)


async def test_what_was_opened_is_known_at_the_next_start_and_by_another_learner_not(
    library: Library, tmp_path: Path
) -> None:
    library.course("Databases", CHAPTERS, enrolled=True)
    async with reading(library) as reader:
        await at_the_film(library, reader)
        await reader.press("y")
        await reader.shows("✓ opened")
    async with reading(library) as reader:
        await at_the_film(library, reader)
        await reader.shows("✓ opened")
    kept = (library.folder / "places.json").read_text()
    (library.folder / "places.json").write_text(kept.replace(str(library.me), str(library.author())))
    async with reading(library) as reader:
        await at_the_film(library, reader)
        await reader.press("d")
        await reader.shows("Open it first")


async def test_a_player_that_fails_opens_nothing(library: Library, script: Script) -> None:
    library.course("Databases", CHAPTERS, enrolled=True)
    async with reading(library) as reader:
        reader.app.open_with = {"video": script("exit 2")}
        await at_the_film(library, reader)
        await reader.press("o")
        await reader.shows("ended at once with exit code 2", "q shows")
        await reader.press("d")
        await reader.shows("Open it first")


@pytest.mark.parametrize(
    ("environment", "kiosk", "why"),
    [
        ({"SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22", **DISPLAY}, False, "You are here over SSH"),
        ({"PATH": "/nowhere", **DISPLAY}, False, "No program was found"),
        (DISPLAY, True, "lms-tui opens no other program"),
    ],
)
async def test_where_nothing_opens_the_address_is_shown(
    library: Library, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], kiosk: bool, why: str
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    library.course("Databases", CHAPTERS, enrolled=True)
    async with reading(library) as reader:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        reader.app.kiosk = kiosk
        await at_the_film(library, reader)
        await reader.shows("o shows how to open it elsewhere")
        await reader.press("o")
        await reader.until(lambda: reader.is_on(AddressScreen))
        await reader.shows(why.split(maxsplit=1)[0], "█")
        said = " ".join(" ".join(line[31:] for line in reader.lines).split())
        assert " ".join(why.split()) in said
        assert "mark the lesson done with d" in said
        await reader.press("escape", "d")
        await reader.shows("✓ done 1/2")
        await reader.press("o")
        await reader.until(lambda: reader.is_on(AddressScreen))
        await reader.shows("█")
        assert "with d." not in reader.text, "it is done"


async def test_the_code_shows_by_its_key_and_links_only_while_it_stands(library: Library) -> None:
    library.course("Databases", CHAPTERS, enrolled=True)
    async with reading(library) as reader:
        await at_the_film(library, reader)
        await reader.press("q")
        await reader.until(lambda: reader.is_on(AddressScreen))
        await reader.shows("with a phone:")
        assert links(reader) == {FILM}
        assert await anyio.to_thread.run_sync(scanned, reader.strips) == FILM
        await reader.press("escape")
        await reader.shows("✓ opened")
        assert links(reader) == set()
        assert reader.app._safety.link is None


def links(reader: Reader) -> set[str]:
    """Return the addresses that the lines of the screen, as they go to the terminal, link to."""
    return {segment.style.link for strip in reader.strips for segment in strip if segment.style and segment.style.link}


async def test_an_address_that_is_none_is_told_and_not_opened(library: Library) -> None:
    library.course("Databases", CHAPTERS, enrolled=True)
    library.db.execute("UPDATE lessons SET is_external = true WHERE title = 'Odd'")
    async with reading(library) as reader:
        await at_the_film(library, reader, "Odd")
        await reader.shows(
            "Only addresses that begin with http:// or https:// are opened, not", "gopher://example.org/x"
        )
        assert "o open" not in reader.lines[-1]
        await reader.press("o", "q")
        assert reader.is_on(LessonScreen)
        await reader.press("y", "d")
        await reader.shows("✓ done 2/2")


def test_what_no_terminal_of_this_size_can_show_is_no_code() -> None:
    assert drawn(FILM, 44, 22) is not None
    assert drawn("https://example.org/" + "x" * 90, 44, 22) is not None
    assert drawn("https://example.org/" + "x" * 130, 44, 22) is None
    assert drawn("x" * 9000, 999, 999) is None
    assert drawn(FILM, 44, 22, ascii_only=True) is None
    code = drawn(FILM, 80, 37, ascii_only=True)
    assert code is not None
    assert "".join(segment.text for line in code for segment in line).isascii()


async def test_the_largest_code_that_fits_reads_with_its_short_edge(library: Library) -> None:
    long = "https://example.org/" + "y" * 100
    library.course("Databases", {"Joins": [("A film", "video", long)]}, enrolled=True)
    async with reading(library) as reader:
        await at_the_film(library, reader)
        await reader.press("q")
        await reader.shows("with a phone:", "█")
        assert await anyio.to_thread.run_sync(scanned, reader.strips) == long


def test_a_code_has_the_edge_that_fits() -> None:
    for edge, size in ((2, 29), (1, 27)):
        code = drawn(FILM, size, size)
        assert code is not None
        assert len(code) == (size + 1) // 2, edge
    assert least(FILM) == (27, 14)
    assert least(FILM, ascii_only=True) == (54, 27)
    assert least("x" * 9000) is None


@pytest.mark.parametrize("look", [Look(ascii_only=True), Look(colours=0, theme="ansi", ascii_only=True)])
async def test_in_ascii_the_card_says_what_window_its_code_needs_and_shows_it_there(
    library: Library, look: Look
) -> None:
    library.course("Databases", CHAPTERS, enrolled=True)
    for size, coded in (((83, 29), True), ((82, 29), False), ((83, 28), False), ((80, 24), False), ((87, 31), True)):
        app = LmsApp(library.connect(), look, library.folder)
        async with app.run_test(size=size) as pilot:
            reader = Reader(app, pilot)
            await at_the_film(library, reader)
            await reader.press("q")
            await reader.until(lambda reader=reader: reader.is_on(AddressScreen))  # type: ignore[misc]
            if coded:
                await reader.shows("##")
                assert await anyio.to_thread.run_sync(scanned, reader.strips) == FILM
            else:
                await reader.shows("Its QR code needs a window of 83 columns and 29 rows")
                assert "##" not in reader.text
                assert f"this one has {size[0]} x {size[1]}" in reader.text


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_too_long_an_address_is_shown_without_a_code(library: Library, size: tuple[int, int]) -> None:
    long = "https://example.org/" + "watch/" * 29
    library.course("Databases", {"Joins": [("A film", "video", long)]}, enrolled=True)
    async with reading(library, size) as reader:
        await at_the_film(library, reader)
        await reader.press("q")
        await reader.until(lambda: reader.is_on(AddressScreen))
        if size == (80, 24):
            await reader.shows("Its QR code needs a window of 84 columns and 30 rows")
            assert long in "".join(line.strip() for line in reader.lines)
        else:
            await reader.shows("scan the code", "█")
            assert await anyio.to_thread.run_sync(scanned, reader.strips) == long
