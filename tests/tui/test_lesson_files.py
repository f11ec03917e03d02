"""A lesson's files on its screen: pictures in the text, and what is saved."""

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest
from tests.tui.library import Library, Reader
from tests.tui.pictures_kit import drawn, png_header, put, rewrite

from lms_tui.service.store import Store
from lms_tui.tui.app import LmsApp
from lms_tui.tui.look import Look
from lms_tui.tui.screens.address import AddressScreen
from lms_tui.tui.screens.lesson import LessonScreen
from lms_tui.tui.screens.picture import PictureScreen
from lms_tui.tui.widgets.lesson_text import LessonText

pytestmark = pytest.mark.anyio
WORDS = "\n\n".join(f"Paragraph {number}. " + "words " * 30 for number in range(40))


@pytest.fixture(autouse=True)
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a folder for downloads, as a desktop names it."""
    home = tmp_path / "home"
    (home / ".config").mkdir(parents=True)
    (home / ".config" / "user-dirs.dirs").write_text('XDG_DOWNLOAD_DIR="$HOME/Down loads"\n')
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.delenv("XDG_DOWNLOAD_DIR", raising=False)
    return home / "Down loads"


@asynccontextmanager
async def opened(
    library: Library,
    title: str,
    look: Look | None = None,
    size: tuple[int, int] = (80, 24),
    *,
    kiosk: bool = False,
) -> AsyncIterator[Reader]:
    """The lesson called `title` on the screen."""
    app = LmsApp(library.connect(), look or Look(), library.folder)
    app.kiosk = kiosk
    async with app.run_test(size=size) as pilot:
        reader = Reader(app, pilot)
        await reader.shows("Browse the catalog")
        app.push_screen(LessonScreen(library.one("SELECT id FROM lessons WHERE title = %s", title)))
        await reader.shows(title)
        yield reader


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.exists() else []


def text_of(reader: Reader) -> LessonText:
    return reader.app.screen.query_one(LessonText)


def course(library: Library, title: str = "Page", kind: str = "text") -> UUID:
    return library.course("Pictures", {"One": [(title, kind, "x")]}, enrolled=True)


async def test_a_picture_stands_above_its_words(library: Library) -> None:
    key = put(library, course(library), drawn(60, 60))
    rewrite(library, "Page", f"Before.\n\n![A flag]({key})\n\nAfter.")
    async with opened(library, "Page") as reader:
        await reader.shows("Before.", "▀" * 0 + "[image 1: A flag]", "After.")
        await reader.until(lambda: len(text_of(reader)._lines) > 10, "the picture")
        lines = text_of(reader)._lines
        at = next(at for at, line in enumerate(lines) if line.image)
        assert at == 2 + 10, "as high as half the text's screen"
        assert all(line.picture and line.block == lines[at].block for line in lines[2:at])
        await reader.shows("After.")
        assert (library.folder / "fetched").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("look", [Look(colours=16, theme="ansi"), Look(colours=0, theme="ansi"), Look(ascii_only=True)])
async def test_where_none_can_be_shown_nothing_is_even_fetched(library: Library, look: Look) -> None:
    key = put(library, course(library), drawn(60, 60))
    rewrite(library, "Page", f"![A flag]({key})\n\nAfter.")
    async with opened(library, "Page", look) as reader:
        await reader.shows("[image 1: A flag]", "After.")
        await reader.pilot.pause(0.3)
        assert len(text_of(reader)._lines) == 3
        assert not (library.folder / "fetched").exists()


async def test_a_picture_that_comes_late_moves_nothing_that_is_read(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = put(library, course(library), drawn(60, 60))
    rewrite(library, "Page", f"# Top\n\n![A flag]({key})\n\n{WORDS}\n\n## Further\n\n![Again]({key})\n\n{WORDS}")
    find, let = Store.find, False

    async def late(store: Store, name: str) -> object:
        while not let:
            await reader.pilot.pause(0.01)
        return await find(store, name)

    monkeypatch.setattr(Store, "find", late)
    async with opened(library, "Page") as reader:
        await reader.shows("[image 1: A flag]", "● saved")
        text = text_of(reader)
        await reader.until(lambda: text.complete)
        heading = next(line for _, title, line in text.headings if title == "Further")
        text.goto_line(30)
        await reader.until(lambda: text.line == 30)
        before, count = reader.text, text.line_count
        let = True
        await reader.until(lambda: text.line_count == count + 20, "both pictures")
        await reader.pilot.pause()
        assert reader.text == before
        assert text.line == 30 + 10
        moved = next(line for _, title, line in text.headings if title == "Further")
        assert moved == heading + 10
        assert text._lines[moved].heading == (2, "Further")


async def test_scrolling_past_a_picture_does_not_make_it_again(library: Library) -> None:
    key = put(library, course(library), drawn(60, 60))
    rewrite(library, "Page", f"![A flag]({key})\n\n{WORDS}")
    async with opened(library, "Page") as reader:
        text = text_of(reader)
        await reader.until(lambda: text.line_count > 100 and text._lines[0].picture)
        await reader.pilot.pause()
        kept = text._strips[5]
        await reader.press("down", "down", "up")
        assert text._strips[5] is kept


async def test_another_width_brings_the_picture_again_in_its_new_size(library: Library) -> None:
    key = put(library, course(library), drawn(400, 100))
    rewrite(library, "Page", f"![A flag]({key})\n\n{WORDS}")
    async with opened(library, "Page") as reader:
        text = text_of(reader)
        await reader.until(lambda: text.line_count > 100 and text._lines[0].picture)
        wide = sum(len(segment.text) for segment in text._lines[0].segments)
        await reader.pilot.resize_terminal(60, 24)
        await reader.until(
            lambda: (
                text.complete
                and text._lines[0].picture
                and sum(len(segment.text) for segment in text._lines[0].segments) == wide - 20
            )
        )


async def test_hostile_pictures_leave_their_words(library: Library) -> None:
    own = course(library)
    other = library.course("Other", {"One": [("Else", "text", "x")]}, enrolled=True)
    bad = {
        "bomb": put(library, own, png_header(30_000, 30_000)),
        "cut": put(library, own, drawn(300, 300)[:500]),
        "svg": put(library, own, b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg"),
        "text": put(library, own, b"\x1b]0;owned\x07"),
        "gone": f"courses/{own}/{'0' * 64}.png",
        "foreign": put(library, other, drawn(50, 50)),
        "web": "https://example.org/x.png",
        "file": "file:///etc/passwd",
        "data": "data:image/png;base64,AAAA",
    }
    good = put(library, own, drawn(40, 40, "JPEG"))  # its name ends in png
    lines = [f"![{name} \x07\x9b31m\u202e picture]({source})" for name, source in bad.items()]
    rewrite(library, "Page", "\n\n".join([*lines, f"![good]({good})"]))
    async with opened(library, "Page", size=(80, 60)) as reader:
        text = text_of(reader)
        await reader.until(lambda: any(line.picture for line in text._lines), "the good one")
        await reader.pilot.pause()
        blocks = {line.block for line in text._lines if line.picture}
        assert len(blocks) == 1
        assert blocks == {next(line.block for line in text._lines if line.text.endswith(": good]"))}
        for name in bad.keys() - {"file"}:  # which Markdown does not take for a picture at all
            assert re.search(rf"\[image( \d)?: {name}", reader.text)
        assert "\x9b" not in reader.text
        assert "\u202e" not in reader.text


async def test_a_picture_anywhere_has_a_number_by_which_it_is_opened(library: Library) -> None:
    own = course(library)
    red, other = put(library, own, drawn(60, 60)), put(library, own, drawn(50, 50))
    text = f"See <img src='{red}' alt=a> here.\n\n| t |\n|---|\n| ![b]({other}) |\n\n- again ![c]({red})\n"
    rewrite(
        library,
        "Page",
        f"{text}\n![w](https://example.org/w.png) ![x](data:image/png;base64,AAAA) ![g](courses/{own}/{'0' * 64}.png)",
    )
    async with opened(library, "Page") as reader:
        await reader.shows("[image 1: a]", "[image 2: b]", "again [image 1: c]", "[image 3: w] [image: x] [image 4: g]")
        await reader.shows("o open")
        await reader.press("o")
        await reader.shows("Open what?", "1 a", "2 b", "3 w", "4 g")
        await reader.press("down", "enter")
        await reader.until(lambda: reader.is_on(PictureScreen))
        await reader.shows("esc back")  # a screen that is on top has its widgets only a moment later
        await reader.until(lambda: len(reader.app.screen.query_one("_Middle")._picture.lines) == 22, "b, alone")  # type: ignore[attr-defined]
        await reader.press("escape", "o")
        await reader.shows("Open what?")  # keys before it stands there are for nobody
        await reader.press("down", "down", "enter")
        await reader.until(lambda: reader.is_on(AddressScreen))
        await reader.shows("This picture is on the web.", "https://example.org/w.png")
        assert "done with d" not in reader.text
        await reader.press("escape", "o")
        await reader.shows("Open what?")
        await reader.press("down", "down", "down", "enter")
        await reader.shows("This picture is missing.")


async def test_a_single_picture_is_opened_at_once_and_in_the_learner_s_program(
    library: Library, tmp_path: Path
) -> None:
    key = put(library, course(library), drawn(60, 60))
    rewrite(library, "Page", f"See ![a]({key}) here.")
    script, seen = tmp_path / "viewer", tmp_path / "seen"
    script.write_text(f'#!/bin/sh\nprintf %s "$1" > {seen}\n')
    script.chmod(0o700)
    async with opened(library, "Page") as reader:
        reader.app.open_with = {"link": str(script)}
        await reader.shows("[image 1: a]", "o open")
        await reader.press("o")
        await reader.shows("Opened in viewer.")
        assert Path(seen.read_text()).read_bytes() == drawn(60, 60)  # noqa: ASYNC240


async def test_a_film_with_pictures_asks_what_to_open(library: Library) -> None:
    own = course(library)
    library.db.execute("UPDATE lessons SET type = 'video', file_s3_key = 'https://example.org/film'")
    rewrite(library, "Page", f"See ![a]({put(library, own, drawn(60, 60))}) here.")
    async with opened(library, "Page") as reader:
        await reader.shows("[image 1: a]")
        await reader.press("o")
        await reader.shows("Open what?", "the lesson itself", "1 a")
        await reader.press("enter")
        await reader.until(lambda: reader.is_on(AddressScreen))
        await reader.shows("https://example.org/film", "lesson done with d.")


async def test_where_no_picture_can_be_shown_it_is_told(library: Library) -> None:
    key = put(library, course(library), drawn(60, 60))
    rewrite(library, "Page", f"![a]({key})")
    async with opened(library, "Page", Look(ascii_only=True)) as reader:
        await reader.shows("[image 1: a]")
        await reader.press("o")
        await reader.shows("This terminal shows no pictures.", "s saves it as a file")


async def test_pictures_in_sentences_and_lists_are_words(library: Library) -> None:
    key = put(library, course(library), drawn(60, 60))
    rewrite(library, "Page", f"See ![a]({key}) here.\n\n- ![b]({key})\n\n> ![c]({key})\n\n![d]({key})\n![e]({key})")
    async with opened(library, "Page", size=(80, 60)) as reader:
        text = text_of(reader)
        await reader.until(lambda: any(line.picture for line in text._lines))
        named = [line.text for line in text._lines if line.image]
        assert named == ["[image 1: d]", "[image 1: e]"], "two lines of one paragraph"
        await reader.shows("See [image 1: a] here.", "• [image 1: b]", "│ [image 1: c]")


async def test_a_file_is_told_of_and_saved_beside_what_is_there(library: Library, downloads: Path) -> None:
    own = course(library, "A talk / part 1", "video")
    key = put(library, own, bytes(3_100_000), "mp4")
    library.db.execute("UPDATE lessons SET file_s3_key = %s, file_type = 'mp4'", (key,))
    downloads.mkdir()  # noqa: ASYNC240
    (downloads / "A talk part 1.mp4").write_text("mine")
    async with opened(library, "A talk / part 1") as reader:
        await reader.shows("File: MP4 · 3.1 MB. s saves it.", "s save file")
        assert "nothing that a terminal can show" not in reader.text
        await reader.press("s")
        await reader.shows("Saved: ~/Down loads/A talk part 1 (2).mp4")
    assert (downloads / "A talk part 1.mp4").read_text() == "mine"
    assert (downloads / "A talk part 1 (2).mp4").read_bytes() == bytes(3_100_000)


async def test_saving_one_of_several_files(library: Library, downloads: Path) -> None:
    own = course(library)
    sheet, picture = put(library, own, b"%PDF", "pdf"), put(library, own, drawn(40, 40))
    rewrite(library, "Page", f"[A sheet]({sheet})\n\n![A flag]({picture})")
    async with opened(library, "Page") as reader:
        await reader.shows("A file to save: s.")
        await reader.press("s")
        await reader.shows("Save which file?", "Page 1.pdf", "Page 2.png")
        await reader.press("enter")
        await reader.shows("Saved: ~/Down loads/Page 1.pdf")
        await reader.press("s")
        await reader.shows("Save which file?")
        await reader.press("escape")
        await reader.lacks("Save which file?")
    assert left(downloads) == ["Page 1.pdf"]


async def test_a_file_that_is_missing_is_told(library: Library) -> None:
    own = course(library)
    library.db.execute("UPDATE lessons SET file_s3_key = %s", (f"courses/{own}/{'0' * 64}.pdf",))
    async with opened(library, "Page") as reader:
        await reader.shows("The file of this lesson is missing. Its author can put it there again.")
        await reader.press("s")
        await reader.shows("This lesson has no files that could be saved.")


async def test_what_takes_long_tells_how_far_it_is_and_can_be_stopped(
    library: Library, downloads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = course(library)
    key = put(library, own, bytes(5_000_000), "pdf")
    library.db.execute("UPDATE lessons SET file_s3_key = %s", (key,))
    pieces = Store.pieces

    async def slowly(store: Store, *where: object) -> AsyncIterator[bytes]:
        async for piece in pieces(store, *where):  # type: ignore[arg-type]
            yield piece
            await reader.pilot.pause(0.4)

    monkeypatch.setattr(Store, "pieces", slowly)
    async with opened(library, "Page") as reader:
        await reader.shows("s saves it")
        await reader.press("s")
        await reader.shows("Fetching Page.pdf:", "% of 5.0 MB. s stops it.")
        await reader.press("s")
        await reader.shows("Stopped: nothing was saved.")
        began = time.monotonic()
        await reader.until(lambda: left(library.folder / "fetched") == [])
        assert time.monotonic() - began < 5
    assert left(downloads) == []


async def test_a_link_that_is_over_is_asked_for_again(library: Library, downloads: Path) -> None:
    own = course(library)
    key = put(library, own, b"%PDF", "pdf")
    library.db.execute("UPDATE lessons SET file_s3_key = %s", (key,))
    assert library._service is not None
    async with opened(library, "Page") as reader:
        await reader.shows("s saves it")
        tokens = library._service.shared.tokens
        over = tokens.sign_link(key, "x", library.one("SELECT clock_timestamp() - interval '1 second'"))
        screen = reader.app.screen
        assert isinstance(screen, LessonScreen)
        assert screen._files is not None
        known = await screen._files.known()
        assert known.file is not None
        known.file.link = f"/v1/files/{over}"
        await reader.press("s")
        await reader.shows("Saved: ~/Down loads/Page.pdf")


async def test_a_film_opens_in_the_learner_s_program_from_a_private_copy(library: Library, tmp_path: Path) -> None:
    own = course(library, "A talk", "video")
    key = put(library, own, b"film" * 50, "mp4")
    library.db.execute("UPDATE lessons SET file_s3_key = %s", (key,))
    script, seen = tmp_path / "player", tmp_path / "seen"
    script.write_text(f'#!/bin/sh\nprintf %s "$2" > {seen}\n')
    script.chmod(0o700)
    async with opened(library, "A talk") as reader:
        assert "o open" not in reader.text, "nothing is there that opens it"
        reader.app.open_with = {"video": f"{script} --fs"}
        screen = reader.app.screen
        assert isinstance(screen, LessonScreen)
        screen.load()
        await reader.shows("File: MP4 · 200 bytes. o opens it in player, s saves it.", "o open")
        await reader.press("d")
        await reader.shows("Open it first: o opens it in player, s saves it. Then d marks it done.")
        await reader.press("o")
        await reader.shows("Opened in player.")
        path = Path(seen.read_text())
        assert (path.parent, path.suffix) == (library.folder / "fetched", ".mp4")
        assert path.read_bytes() == b"film" * 50  # noqa: ASYNC240
        await reader.press("d")
        await reader.shows("✓ done 1/1")


def film(library: Library, kind: str = "video") -> UUID:
    """A lesson that is a film in the store."""
    own = course(library, "A talk", kind)
    library.db.execute("UPDATE lessons SET file_s3_key = %s", (put(library, own, b"film" * 50, "mp4"),))
    return own


def is_done(library: Library) -> bool:
    return library.one("SELECT bool_or(is_completed) FROM student_lesson_progress") is True


@pytest.mark.parametrize("kind", ["video", "external"])
async def test_a_film_of_the_store_is_done_only_after_it_was_saved_or_opened(library: Library, kind: str) -> None:
    film(library, kind)
    async with opened(library, "A talk") as reader:
        await reader.shows("s saves it")
        await reader.press("d")
        await reader.shows("Open it first: s saves it. Then d marks it done.")
        await reader.pilot.pause(0.2)
        assert not is_done(library)
        await reader.press("s")
        await reader.shows("Saved: ")
        await reader.press("d")
        await reader.shows("✓ done 1/1")
        await reader.until(lambda: is_done(library))


async def test_another_file_of_the_lesson_does_not_open_its_film(library: Library) -> None:
    own = film(library)
    rewrite(library, "A talk", f"[notes]({put(library, own, b'%PDF', 'pdf')})")
    async with opened(library, "A talk") as reader:
        await reader.shows("s saves it")
        await reader.press("s")
        await reader.shows("Save which file?")
        await reader.press("down", "enter")
        await reader.shows("Saved: ~/Down loads/A talk 1.pdf")
        await reader.press("d")
        await reader.shows("Open it first")


async def test_a_player_that_fails_opens_no_film_of_the_store(library: Library) -> None:
    film(library)
    async with opened(library, "A talk") as reader:
        reader.app.open_with = {"video": "/bin/false"}
        screen = reader.app.screen
        assert isinstance(screen, LessonScreen)
        screen.load()
        await reader.shows("o opens it in false")
        await reader.press("o")
        await reader.shows("ended at once")
        await reader.press("d")
        await reader.shows("Open it first")


async def test_a_film_that_is_missing_or_that_nothing_here_opens_is_done_by_hand(library: Library) -> None:
    film(library)
    async with opened(library, "A talk", kiosk=True) as reader:
        await reader.shows("File: MP4 · 200 bytes.")
        await reader.press("d")
        await reader.shows("✓ done 1/1")
    library.db.execute("UPDATE student_lesson_progress SET is_completed = false, completed_at = NULL")
    library.db.execute("UPDATE lessons SET file_s3_key = replace(file_s3_key, '.mp4', '.ogg')")
    async with opened(library, "A talk") as reader:
        await reader.shows("The file of this lesson is missing.")
        await reader.press("d")
        await reader.shows("✓ done 1/1")


async def test_a_text_with_a_file_needs_no_opening(library: Library) -> None:
    film(library, "text")
    async with opened(library, "A talk") as reader:
        await reader.shows("s saves it")
        await reader.press("d")
        await reader.shows("✓ done 1/1")


@pytest.mark.parametrize("ending", ["html", "svg", "sh", "desktop", "zip"])
async def test_what_could_run_is_saved_and_never_opened(library: Library, ending: str) -> None:
    own = course(library)
    key = put(library, own, b"#!/bin/sh", ending)
    library.db.execute("UPDATE lessons SET file_s3_key = %s", (key,))
    async with opened(library, "Page") as reader:
        reader.app.open_with = {"video": "/bin/true", "link": "/bin/true"}
        screen = reader.app.screen
        assert isinstance(screen, LessonScreen)
        screen.load()
        await reader.shows(f"File: {ending.upper()} · 9 bytes. s saves it.")
        assert not screen.can_open_file
        assert "o open" not in reader.text


async def test_a_kiosk_saves_nothing(library: Library) -> None:
    own = course(library)
    library.db.execute("UPDATE lessons SET file_s3_key = %s", (put(library, own, b"%PDF", "pdf"),))
    async with opened(library, "Page") as reader:
        reader.app.kiosk = True
        screen = reader.app.screen
        assert isinstance(screen, LessonScreen)
        screen.load()
        await reader.shows("File: PDF · 4 bytes.")
        await reader.lacks("saves it")
        await reader.press("s")
        await reader.pilot.pause(0.3)
        assert "save file" not in reader.text
        assert "Saved:" not in reader.text
