"""The conversation with a mentor as it is read, and the question as it is typed."""

import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from uuid import uuid4

import pytest
from textual.app import App, ComposeResult
from textual.events import Paste
from textual.pilot import Pilot

from lms_tui.tui import themes
from lms_tui.tui.look import Look
from lms_tui.tui.palette import Palette
from lms_tui.tui.text import said
from lms_tui.tui.text.streamed import Grown, Streamed
from lms_tui.tui.turns import Turn
from lms_tui.tui.widgets import conversation
from lms_tui.tui.widgets.conversation import KEPT_TURNS, MOST_TURNS, Conversation
from lms_tui.tui.widgets.question_box import QuestionBox
from lms_tui.tui.widgets.talk_line import TalkLine
from lms_tui.wire.text import clean

pytestmark = pytest.mark.anyio
LIMIT = 200


class Table(App[None]):
    """A conversation over a question."""

    CSS = themes.CSS

    def __init__(self) -> None:
        super().__init__()
        self.entered: list[str] = []
        self.wanted = 0
        self.left_out = 0

    def compose(self) -> ComposeResult:
        yield Conversation()
        yield QuestionBox(LIMIT)

    def on_mount(self) -> None:
        theme = Look().load_theme()
        self.register_theme(theme)
        self.theme = theme.name

    def on_question_box_entered(self, event: QuestionBox.Entered) -> None:
        self.entered.append(event.box.text)

    def on_question_box_overflowed(self, event: QuestionBox.Overflowed) -> None:
        self.left_out = event.left_out

    def on_conversation_earlier_wanted(self) -> None:
        self.wanted += 1


class Seat:
    """Who sits at it."""

    def __init__(self, app: Table, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot
        self.view, self.box = app.query_one(Conversation), app.query_one(QuestionBox)

    @property
    def text(self) -> str:
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)

    async def shows(self, text: str) -> None:
        await self.until(lambda: text in self.text, f"no {text!r}")

    async def until(self, holds: Callable[[], bool], otherwise: str) -> None:
        for _ in range(500):
            if holds():
                return
            await self.pilot.pause(0.01)
        raise AssertionError(f"{otherwise} in\n{self.text}")


@asynccontextmanager
async def seat(size: tuple[int, int] = (80, 24)) -> AsyncIterator[Seat]:
    app = Table()
    async with app.run_test(size=size) as pilot:
        yield Seat(app, pilot)


def turns(count: int, first: int = 0) -> list[Turn]:
    return [Turn(uuid4(), mine=at % 2 == 0, text=f"turn {at}.\n\n- a\n- b") for at in range(first, first + count)]


def grow(view: Conversation, turn: Turn, piece: str) -> None:
    turn.text += piece
    view.grow(turn, piece)


async def test_new_text_is_followed_at_the_end_and_only_there() -> None:
    async with seat() as here:
        here.view.show(turns(12))
        await here.shows("turn 11.")
        answer = Turn(uuid4(), mine=False)
        here.view.add(answer)
        for number in range(40):
            grow(here.view, answer, f"line {number}\n\n")
        await here.shows("line 39")
        here.view.focus()
        await here.pilot.press("pageup", "pageup")
        before, below = here.text, here.view.lines_below
        assert below > 0
        for number in range(40, 80):
            grow(here.view, answer, f"line {number}\n\n")
        await here.until(lambda: here.view.lines_below >= below + 80, "no more is below")
        assert here.text == before, "the reader stays where they are"
        await here.pilot.press("end")
        await here.shows("line 79")


async def test_an_answer_is_drawn_four_times_a_second_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = 0

    class Counted(Streamed):
        def grow(self, text: str) -> Grown:
            nonlocal drawn
            drawn += 1
            return super().grow(text)

    monkeypatch.setattr(conversation, "Streamed", Counted)
    async with seat() as here:
        answer = Turn(uuid4(), mine=False)
        here.view.add(answer)
        began = time.monotonic()
        for _ in range(100):
            grow(here.view, answer, "and more ")
            await here.pilot.pause(0.002)
        lasted = time.monotonic() - began
        assert 1 <= drawn <= 2 + 4 * lasted


async def test_earlier_turns_are_wanted_near_the_first_and_put_before_it() -> None:
    async with seat() as here:
        here.view.show(turns(12, first=12), earlier=True)
        await here.shows("turn 23.")
        assert here.app.wanted == 0
        here.view.focus()
        await here.pilot.press("home")
        await here.until(lambda: here.app.wanted == 1, "none were wanted")
        await here.shows("turn 12.")
        top, height = here.text.splitlines()[:3], here.view.virtual_size.height
        here.view.put_before(turns(12), earlier=False)
        await here.until(lambda: here.view.virtual_size.height == 2 * height, "twelve more are not")
        assert here.view.line == height
        assert here.text.splitlines()[:3] == top, "what is read stays where it is"
        await here.pilot.press("home")
        await here.shows("turn 0.")
        assert here.app.wanted == 1, "there are no others"


@pytest.mark.parametrize(("keys", "top"), [(["home"], "turn 12."), (["home", "end"], "turn 20.")])
async def test_keys_count_while_the_turns_of_before_are_still_being_made(
    monkeypatch: pytest.MonkeyPatch, keys: list[str], top: str
) -> None:
    goes_on = threading.Event()

    def slowly(turn: Turn, width: int, palette: Palette) -> said.Drawn:
        assert "turn 23." in turn.text or goes_on.wait(10)
        return said.drawn(turn, width, palette)

    monkeypatch.setattr(conversation, "said", SimpleNamespace(drawn=slowly, foot=said.foot))
    async with seat() as here:
        here.view.show(turns(12, first=12))
        await here.shows("turn 23.")
        here.view.focus()
        await here.pilot.press(*keys)
        assert "turn 22." not in here.text
        goes_on.set()
        await here.until(lambda: all(shown.made for shown in here.view._turns), "not all is made")
        await here.pilot.pause()
        assert top in "\n".join(here.text.splitlines()[:3])


async def test_500_turns_stay_quick_and_old_ones_are_let_go() -> None:
    async with seat() as here:
        for number in range(500):
            here.view.add(turns(1, number)[0])
        await here.shows("turn 499.")
        assert len(here.view.turns) <= MOST_TURNS
        assert here.view.turns[-1].text.startswith("turn 499.")
        here.view.focus()
        await here.pilot.press("home")
        await here.pilot.pause()
        assert here.app.wanted >= 1, "those of before are asked for again"
        kept = len(here.view.turns)
        assert KEPT_TURNS <= kept <= MOST_TURNS
        here.view.put_before(turns(380), earlier=False)
        began = time.process_time()
        for _ in range(20):
            await here.pilot.press("pageup")
        assert time.process_time() - began < 2.0


async def test_another_width_keeps_the_words_at_the_top() -> None:
    async with seat() as here:
        wordy = [Turn(uuid4(), mine=False, text=f"turn {at} " + "word " * 60) for at in range(12)]
        here.view.show(wordy)
        await here.shows("turn 11")
        await here.until(lambda: all(shown.made for shown in here.view._turns), "not all is made")
        here.view.focus()
        await here.pilot.press("home", "pagedown", "pagedown")
        shown = here.view._here()
        assert shown is not None
        await here.pilot.resize_terminal(60, 24)
        await here.pilot.pause(0.3)
        again = here.view._here()
        assert again is not None
        assert again[0] is shown[0], "the same turn is at the top"


async def test_an_answer_at_its_end_is_drawn_as_a_whole_with_what_became_of_it() -> None:
    async with seat() as here:
        answer = Turn(uuid4(), mine=False, note="answering…")
        here.view.add(answer)
        await here.shows("answering…")
        grow(here.view, answer, "See [it](https://example.org).")
        await here.shows("See it[1].")
        assert "https://example.org" not in here.text
        answer.note, answer.tone = "Stopped.", "warning"
        here.view.change(answer)
        await here.shows("[1] https://example.org")
        assert "Stopped." in here.text
        assert "answering" not in here.text


async def test_a_long_answer_that_stands_there_as_a_whole_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key would wait for it: to draw 30 KB takes a quarter of a second."""
    again: list[Turn] = []
    monkeypatch.setattr(conversation.Conversation, "_make", lambda _self, missing, *_: again.extend(missing))
    async with seat() as here:
        answer = Turn(uuid4(), mine=False, note="answering…")
        here.view.add(answer)
        for number in range(400):
            grow(here.view, answer, f"- item **{number}**\n\n  more\n\nbetween\n\n")
        answer.note, answer.about = "", "model-7"
        here.view.change(answer)
        await here.shows("item 399")
        assert again == []
        assert here.view._lines == said.drawn(answer, *here.view._made_for).lines
        answer.text += "Another end."
        here.view.change(answer)
        assert len(again) == 1


async def test_what_is_hostile_in_a_turn_is_text() -> None:
    hostile = "[@click=app.quit]x[/] \x1b]0;t\x07 <b onclick=1>y</b> [z](file:///etc/passwd) ${HOME}"
    async with seat() as here:
        here.view.show(
            [
                Turn(uuid4(), mine=True, text=hostile, about=hostile, note=hostile),
                Turn(uuid4(), mine=False, text=hostile, about=hostile, note=hostile),
            ]
        )
        await here.shows("[@click=app.quit]x[/]")
        assert clean(here.text) == here.text
        here.view.grow(here.view.turns[1], "")
        await here.pilot.click(Conversation, offset=(4, 2))
        assert here.app.is_running


async def test_what_is_quoted_stands_behind_a_bar_and_code_as_it_was_typed() -> None:
    async with seat() as here:
        here.view.show([Turn(uuid4(), mine=True, text="> quoted\n\nwhy *this*?\n```\n  x = 1\n```")])
        await here.shows("│ quoted")
        assert "why *this*?" in here.text
        assert "    x = 1" in here.text


async def test_enter_sends_and_other_keys_begin_a_line() -> None:
    async with seat() as here:
        here.box.focus()
        await here.pilot.press("a", "ctrl+j", "b", "alt+enter", "c", "shift+enter", "d")
        assert here.box.text == "a\nb\nc\nd"
        await here.pilot.pause()
        assert here.box.size.height == 4
        await here.pilot.press(*["ctrl+j"] * 9)
        await here.pilot.pause()
        assert here.box.size.height == 6, "it grows to a few lines"
        await here.pilot.press("enter")
        assert here.app.entered == ["a\nb\nc\nd" + "\n" * 9]


async def test_questions_of_before_are_behind_the_edges_and_the_draft_comes_back() -> None:
    async with seat() as here:
        here.box.focus()
        here.box.remember(["first", "second\nof two lines"])
        await here.pilot.press("d", "ctrl+j", "e", "up")
        assert here.box.text == "d\ne", "within the text it moves"
        await here.pilot.press("up")
        assert here.box.text == "second\nof two lines"
        assert here.box.draft == "d\ne"
        await here.pilot.press("up", "up", "up")
        assert here.box.text == "first"
        await here.pilot.press("down", "down", "down")
        assert here.box.text == "d\ne"
        await here.pilot.press("up", "up", "!", "up", "up")
        assert here.box.draft == "second\nof two lines!", "one that is changed is the draft"
        assert here.box.text == "d\ne", "and the draft of before is kept"


async def test_a_paste_is_cleaned_and_what_does_not_fit_is_told() -> None:
    async with seat() as here:
        here.box.focus()
        here.box.post_message(Paste("a\x07b\r\nc"))
        await here.pilot.pause()
        assert here.box.text == "ab\nc"
        here.box.post_message(Paste("x" * 300))
        await here.pilot.pause()
        assert (len(here.box.text), here.app.left_out) == (LIMIT, 104)
        await here.pilot.press("y")
        assert len(here.box.text) == LIMIT
        assert here.app.left_out == 1


async def test_a_state_too_long_for_its_line_takes_more_and_its_end_is_read() -> None:
    sentence = "No mentor is set up here. The lesson can be read and done without one."

    class Lines(App[None]):
        def compose(self) -> ComposeResult:
            self.line = TalkLine()
            yield self.line

    def shown(line: TalkLine) -> list[str]:
        return [line.render_line(y).text.rstrip() for y in range(line.size.height)]

    app = Lines()
    async with app.run_test(size=(60, 10)) as pilot:
        app.line.show(sentence, "warning", "more below")
        await pilot.pause()
        assert app.line.size.height == 2
        first, second = shown(app.line)
        assert first.endswith("more below")
        assert f"{first.removesuffix('more below').strip()} {second.strip()}" == sentence
        app.line.show(" ".join([sentence] * 9))
        await pilot.pause()
        assert app.line.size.height == 3
        assert shown(app.line)[-1].endswith("…")
        app.line.show("at rest")
        await pilot.pause()
        assert shown(app.line) == ["  at rest"]
