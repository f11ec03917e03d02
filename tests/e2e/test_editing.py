"""A course edited from its preview, in a real terminal with a script as the editor: imported again, or said why not."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from tests.service.import_kit import Folder, page

APP = [sys.executable, "-m", "lms_tui"]
NOISE = "printf '\\033[2J\\033[3;5r\\033[31mNOISE of the editor\\n\\n\\n\\n'"


def plain() -> dict[str, str]:
    """The environment without a size of the terminal, which xdist sets: the terminal itself tells."""
    return {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}


class Desk:
    """An author's folder, the app before it, and an editor that does what the test says."""

    def __init__(self, folder: Folder, script: Path) -> None:
        self.folder, self.script = folder, script
        self.terminal = Terminal(APP, {**plain(), "VISUAL": f"{script} --wait 'two words'"})

    def editor(self, does: str) -> None:
        """Let the editor do this; `$3` is the file, or `$4` where a line is given."""
        self.script.write_text(f"#!/bin/sh\n{does}\n")
        self.script.chmod(0o755)

    def open_preview(self, title: str = "Small course") -> None:
        """Open the preview of a course."""
        self.terminal.see(r"Browse the catalog[^$]*3 courses", 120)
        self.terminal.press("m")
        self.terminal.see(f"Teaching[^$]*{title}")
        while not re.search(f"▌.*{title}", self.terminal.text):
            self.terminal.press("down")
        self.terminal.press("enter")
        self.terminal.see("nothing is recorded[^$]*1 ")

    def open_first(self) -> None:
        """Open its first lesson."""
        self.open_preview()
        self.terminal.press("enter")
        self.terminal.see(r"e edit[^$]*Text\.")


@pytest.fixture
def desk(home: Path, tmp_path: Path) -> Iterator[Desk]:
    folder = Folder(tmp_path / "small")
    subprocess.run([*APP, "course", "import", str(folder.root)], check=True, capture_output=True)
    made = Desk(folder, tmp_path / "editor")
    yield made
    made.terminal.close()


def test_a_lesson_is_edited_and_imported_again_and_the_screen_is_whole(desk: Desk) -> None:
    terminal = desk.terminal
    desk.editor(f'{NOISE}; printf \'%s\\n\' "$@" > "$0.said"; sed -i \'s/Text/Texts, many of them/\' "$3"')
    desk.open_first()
    before = terminal.text
    terminal.press("e")
    terminal.see(r"many of them\.[^$]*Imported again: 1 lesson changed\.")
    assert "NOISE" not in terminal.text
    assert terminal.text.splitlines()[:3] == before.splitlines()[:3]
    said = (desk.script.parent / "editor.said").read_text().splitlines()
    assert said == ["--wait", "two words", str(desk.folder.root / "one/a.md")]
    assert terminal.screen.buffer[12][40].fg == terminal.screen.buffer[13][40].fg, "no colour of the editor's stays"

    desk.editor(f"{NOISE}; sleep 1")  # changes nothing: nothing happens
    terminal.see(r"many of them(?![^$]*Imported)", 20)
    before = terminal.text
    terminal.press("e")
    terminal.see("NOISE")
    terminal.see(r"many of them")
    assert terminal.text == before
    terminal.press("escape", "escape", "ctrl+q")
    assert terminal.wait() == 0


def test_a_fault_is_shown_by_file_and_line_and_the_next_try_mends_it(desk: Desk) -> None:
    terminal = desk.terminal
    desk.editor("sed -i 's/^title = .*/title = 3/' \"$3\"")
    desk.open_first()
    terminal.press("e")
    terminal.see(r"one/a\.md:2: title is 3[^$]*Text\.[^$]*Nothing was imported: \d faults?\. e opens the file again\.")
    desk.editor('printf "%s" "$3" > "$0.said"')  # as it was: still not mended, so it is said again
    terminal.press("e")
    terminal.see(r"one/a\.md:2: title is 3[^$]*Nothing was imported")
    desk.editor('sed -i \'s/^title = .*/title = "Mended"/\' "$3"')
    terminal.press("e")
    terminal.see(r"Mended[^$]*Imported again: 1 lesson changed\.")
    assert "one/a.md:2" not in terminal.text


def test_a_question_opens_its_own_file_and_stays_where_it_is(desk: Desk) -> None:
    terminal = desk.terminal
    vi = desk.script.parent / "vi"
    desk.editor('printf \'%s\\n\' "$@" > "$0.said"; sed -i \'s/Which one/Which of them/\' "$4"')
    terminal.close()
    desk.script.rename(vi)
    desk.terminal = terminal = Terminal(APP, {**plain(), "VISUAL": f"{vi} -n --"})
    desk.open_preview()
    terminal.press("down", "down")
    terminal.see("▌.*Quiz")
    terminal.press("enter")
    terminal.see("Start attempt 1")
    terminal.press("s")
    terminal.see("question 1 of 2")
    terminal.press("right")
    terminal.see("question 2 of 2")
    terminal.press("e")
    terminal.see(r"Which of them[^$]*Imported again: 1 lesson changed")
    assert "question 2 of 2" in terminal.text
    said = (vi.parent / "vi.said").read_text().splitlines()
    assert said == ["-n", "--", "+3", str(desk.folder.root / "two/quiz.gift")]


def test_an_interrupt_is_the_editors_and_nothing_is_drawn_over_it(desk: Desk) -> None:
    terminal = desk.terminal
    desk.editor("trap 'echo; exit 3' INT; sed -i s/Text/Half/ \"$3\"; echo READY; cat")
    desk.open_first()
    terminal.press("e")
    terminal.see("READY")
    written = len(terminal.output)
    terminal.resize(70, 20)
    terminal.press("j")  # echoed by the terminal, as it was before the app
    terminal.see("(?m)j$", 5)
    assert bytes(terminal.output[written:]) == b"j"
    terminal.press("ctrl+c")
    terminal.see("editor ended with exit code 3")
    terminal.see("Text\\.")
    terminal.press("escape")
    terminal.see("Small course")
    terminal.press("ctrl+q")
    assert terminal.wait() == 0


def test_a_page_of_a_book_is_edited_and_what_its_summary_says_is_named(desk: Desk, tmp_path: Path) -> None:
    root = tmp_path / "book"
    (root / "src/more").mkdir(parents=True)
    (root / "book.toml").write_text('[book]\ntitle = "A thin book"\n')
    (root / "src/SUMMARY.md").write_text("- [Start](README.md)\n- [More](more/deep.md)\n")
    (root / "src/README.md").write_text("Begin here.\n")
    (root / "src/more/deep.md").write_text("Go on there.\n")
    subprocess.run([*APP, "course", "import", str(root)], check=True, capture_output=True)
    desk.editor('printf "%s" "$3" > "$0.said"; sed -i "s/Go on there/Gone on/" "$3"')
    desk.open_preview("A thin book")
    terminal = desk.terminal
    terminal.press("e")
    terminal.see(r"parts, titles and order of this book stand in its SUMMARY\.md")
    terminal.press("down", "enter")
    terminal.see(r"e edit[^$]*Go on there\.")
    terminal.press("e")
    terminal.see(r"Gone on\.[^$]*Imported again: 1 lesson changed\.")
    assert (desk.script.parent / "editor.said").read_text() == str(root / "src/more/deep.md")
    assert (root / "src/more/deep.md").read_text() == "Gone on.\n"


def test_a_gift_file_is_edited_from_its_quiz_and_from_its_questions(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "capitals.gift"
    file.write_text("Match. {\n=a -> b\n=c -> d\n}\n\nThe sky is blue. {T}\n\nTwo and two is {#4}\n")
    subprocess.run([*APP, "course", "import", str(file)], check=True, capture_output=True)
    vi = tmp_path / "nano"
    vi.write_text('#!/bin/sh\nprintf "%s %s\\n" "$1" "$2" >> "$0.said"\nsed -i "s/The sky/The sea/" "${2:-$1}"\n')
    vi.chmod(0o755)
    desk.terminal.close()
    desk.terminal = terminal = Terminal(APP, {**plain(), "VISUAL": str(vi)})
    desk.open_preview("capitals")
    terminal.press("enter")
    terminal.see("e edit[^$]*Start attempt 1")
    terminal.press("e")
    terminal.see("Start attempt 1[^$]*Imported again: 1 lesson changed")
    terminal.press("s")
    terminal.see("question 1 of 4")
    terminal.press("right", "right")
    terminal.see(r"question 3 of 4[^$]*The sea is blue\.")
    vi.write_text('#!/bin/sh\nprintf "%s %s\\n" "$1" "$2" >> "$0.said"\nsed -i "s/{T}/{T/" "$2"\n')
    terminal.press("e")
    terminal.see(r"question 3 of 4[^$]*capitals\.gift:6: the \{ is never closed[^$]*Nothing was imported: 1 fault\.")
    vi.write_text('#!/bin/sh\nprintf "%s %s\\n" "$1" "$2" >> "$0.said"\nsed -i "s/{T/{F}/" "$2"\n')
    terminal.press("e")
    terminal.see(r"question 3 of 4[^$]*Imported again: 1 lesson changed")
    assert (tmp_path / "nano.said").read_text() == f"{file} \n+6 {file}\n+6 {file}\n"


def test_an_editor_that_is_missing_or_not_set_and_files_that_are_gone_are_told(desk: Desk) -> None:
    terminal = desk.terminal
    desk.open_first()
    terminal.press("e")
    terminal.see("VISUAL names [^$]*there is no such program")
    desk.editor("exit 7")
    terminal.press("e")
    terminal.see("editor ended with exit code 7")
    (desk.folder.root / "one/a.md").unlink()
    terminal.press("e")
    terminal.see("a\\.md is not there any")
    desk.folder.root.rename(desk.folder.root.with_name("elsewhere"))
    terminal.press("e")
    terminal.see("The folder [^$]*is not there")
    terminal.close()
    desk.folder.root.with_name("elsewhere").rename(desk.folder.root)
    desk.folder.write("one/a.md", page("A"))
    bare = {name: value for name, value in plain().items() if name not in ("VISUAL", "EDITOR")}
    desk.terminal = terminal = Terminal(APP, bare)
    desk.open_first()
    terminal.press("e")
    terminal.see("VISUAL or EDITOR")


def test_it_is_offered_for_what_came_from_here_and_on_no_kiosk(desk: Desk) -> None:
    terminal = desk.terminal
    desk.editor("exit 0")
    desk.open_first()
    terminal.press("escape", "escape", "up")
    terminal.see("▌.*Relational databases")
    terminal.press("enter")
    terminal.see("nothing is recorded[^$]*1 ")
    terminal.press("enter")
    terminal.see("! all")
    assert "e edit" not in terminal.text
    terminal.press("e")
    terminal.see("was not imported from this machine")
    terminal.close()
    desk.terminal = terminal = Terminal([*APP, "--kiosk"], {**plain(), "VISUAL": str(desk.script)})
    desk.open_preview()
    terminal.press("enter")
    terminal.see(r"Text\.")
    assert "e edit" not in terminal.text
    terminal.press("e")
    assert terminal.listen(0.5) == b""
