"""The question widget: every kind answered by keys, what is drawn, and that foreign text stays data."""

from uuid import UUID, uuid5

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.geometry import Region

from lms_tui.tui.text.question import option, text
from lms_tui.tui.widgets.answer_fields import AnswerFields
from lms_tui.tui.widgets.question import AnswerChanged, QuestionFinished, QuestionView
from lms_tui.tui.widgets.question_lines import margin_of
from lms_tui.tui.widgets.question_sheet import QuestionSheet
from lms_tui.wire.quizzes import Answer, Kind, Option, Question

pytestmark = pytest.mark.anyio

HERE = UUID(int=7)


def question(kind: Kind, *options: str, title: str = "Which one?", blanks: int = 0, description: str = "") -> Question:
    """A question whose options have ids that tests can name by `the(…)`."""
    return Question(
        id=HERE,
        kind=kind,
        title=title,
        description=description,
        points=2,
        options=[Option(id=the(each), text=each) for each in options],
        blanks=blanks,
    )


def the(option_text: str) -> UUID:
    """The id of the option with that text."""
    return uuid5(HERE, option_text)


class Asking(App[None]):
    """A question alone on the screen, and what it said."""

    def __init__(self, asked: Question, answer: Answer | None = None) -> None:
        super().__init__()
        self.asked, self.answer = asked, answer or Answer()
        self.answers: list[Answer] = []
        self.finished = 0

    def compose(self) -> ComposeResult:
        yield QuestionView()

    async def on_mount(self) -> None:
        await self.query_one(QuestionView).set_question(self.asked, self.answer)

    def on_answer_changed(self, message: AnswerChanged) -> None:
        assert message.question_id == HERE
        self.answers.append(message.answer)

    def on_question_finished(self, _message: QuestionFinished) -> None:
        self.finished += 1

    def lines(self) -> list[str]:
        sheet = self.query_one(QuestionSheet)
        return [sheet.render_line(y).text.rstrip() for y in range(sheet.size.height)]

    def page(self) -> str:
        return "\n".join(self.lines())


async def test_a_choice_looks_like_the_wireframe() -> None:
    asked = question(Kind.CHOOSE_ONE, "rows of the right table", "both", title="Which rows does a LEFT JOIN keep?")
    app = Asking(asked, Answer(chosen=[the("both")]))
    async with app.run_test(size=(80, 10)):
        first, blank, one, two, *_ = app.lines()
        assert first == "  Which rows does a LEFT JOIN keep?" + " " * 20 + "  choose one · 2 points"[-23:].rjust(23)
        assert blank == ""
        assert one == "   1 ( ) rows of the right table"
        assert two == " ▌ 2 (•) both"


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (["2"], ["b"]),
        (["2", "3"], ["c"]),
        (["down", "space"], ["b"]),
        (["j", "j", "k", "enter"], ["b"]),
        (["down", "enter", "down", "enter"], ["c"]),
        (["9", "0"], []),
        (["1", "backspace"], []),
        (["up", "space"], ["a"]),
    ],
)
async def test_one_is_chosen_by_number_and_by_moving(keys: list[str], chosen: list[str]) -> None:
    app = Asking(question(Kind.CHOOSE_ONE, "a", "b", "c"))
    async with app.run_test() as pilot:
        await pilot.press(*keys)
        assert (app.answers[-1] if app.answers else Answer()) == Answer(chosen=[the(each) for each in chosen])
        assert app.finished == 0


async def test_enter_goes_on_unless_the_cursor_was_moved_to_something_new() -> None:
    app = Asking(question(Kind.CHOOSE_ONE, "a", "b", "c"))
    async with app.run_test() as pilot:
        await pilot.press("enter")
        assert (app.finished, app.answers) == (1, [])
        await pilot.press("down", "enter")
        assert (app.finished, app.answers) == (1, [Answer(chosen=[the("b")])])
        await pilot.press("enter")
        assert app.finished == 2
        await pilot.press("1", "enter")
        assert app.finished == 3


async def test_the_same_choice_again_says_nothing() -> None:
    app = Asking(question(Kind.CHOOSE_ONE, "a", "b"), Answer(chosen=[the("b")]))
    async with app.run_test() as pilot:
        await pilot.press("2", "space")
        assert app.answers == []


async def test_several_are_chosen_in_the_order_they_stand_in_and_taken_back() -> None:
    app = Asking(question(Kind.CHOOSE_ALL, "a", "b", "c"))
    async with app.run_test() as pilot:
        await pilot.press("3", "1")
        assert app.answers[-1] == Answer(chosen=[the("a"), the("c")])
        assert app.lines()[2:5] == [" ▌ 1 [x] a", "   2 [ ] b", "   3 [x] c"]
        await pilot.press("1", "3")
        assert app.answers[-1].is_empty


async def test_statements_are_marked_in_words_and_the_cursor_goes_on() -> None:
    app = Asking(question(Kind.STATEMENTS, "a", "b", "c"))
    async with app.run_test() as pilot:
        await pilot.press("t", "f", "space", "space", "up", "up")
        assert app.answers[-1] == Answer(marked={the("a"): True, the("b"): False, the("c"): False})
        assert app.lines()[2:5] == [" ▌ 1 [true ] a", "   2 [false] b", "   3 [false] c"]
        await pilot.press("space", "space")
        assert the("a") not in app.answers[-1].marked
        assert "1 [  ?  ] a" in app.lines()[2]
        await pilot.press("down", "enter")
        assert app.finished == 1


async def test_more_than_nine_options_are_reached_by_number_and_chosen_by_space() -> None:
    letters = [chr(ord("a") + at) for at in range(26)]
    app = Asking(question(Kind.CHOOSE_ONE, *letters))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2", "6")
        assert app.answers == []
        await pilot.press("space")
        assert app.answers == [Answer(chosen=[the("z")])]
        assert any(line.startswith(" ▌26 (•) z") for line in app.lines())
        await pilot.press("7", "space")
        assert app.answers[-1] == Answer(chosen=[the("g")])
        await pilot.press("down", "down", "down", "enter")
        assert app.answers[-1] == Answer(chosen=[the("j")])


async def test_long_options_wrap_under_themselves_and_stay_on_the_screen() -> None:
    words = " ".join(["relation"] * 60)
    asked = question(Kind.CHOOSE_ONE, *(f"{at} {words}" for at in range(6)), title=words)
    app = Asking(asked)
    async with app.run_test(size=(80, 24)) as pilot:
        assert all(cell_len(line) <= 80 for line in app.lines())
        for at in range(1, 6):
            while app.query_one(QuestionSheet).cursor < at:
                await pilot.press("down")
            assert any(line.startswith(f" ▌ {at + 1} ( ) {at} relation") for line in app.lines())
        assert app.lines()[-1].startswith(" ▌       relation")
        await pilot.press(*["up"] * 30)
        assert "choose one" in app.lines()[0]


async def test_down_reads_on_before_it_moves_to_what_is_out_of_sight() -> None:
    long = "\n\n".join(f"paragraph {at}" for at in range(40))
    app = Asking(question(Kind.CHOOSE_ONE, "a", "b", title="Read", description=long))
    async with app.run_test(size=(80, 24)) as pilot:
        seen: set[str] = set()
        for _ in range(8):
            seen |= {line.strip() for line in app.lines()}
            await pilot.press("down")
        assert {f"paragraph {at}" for at in range(40)} <= seen
        assert any(line.startswith(" ▌ 2 ( ) b") for line in app.lines())


async def test_a_scale_without_labels_is_a_row_of_steps_and_answers_in_words() -> None:
    app = Asking(question(Kind.SCALE))
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.press("4")
        assert app.answers == [Answer(text="4")]
        assert app.lines()[2].split() == ["(", ")", "1", "(", ")", "2", "(", ")", "3", "▌(•)", "4", "(", ")", "5"]
        await pilot.press("up", "space")
        assert app.answers[-1] == Answer(text="3")


@pytest.mark.parametrize(("width", "rows"), [(80, 1), (30, 3)])
async def test_a_scale_with_labels_is_a_row_where_it_fits(width: int, rows: int) -> None:
    app = Asking(question(Kind.SCALE, "never", "sometimes", "always"))
    async with app.run_test(size=(width, 12)) as pilot:
        await pilot.press("2")
        assert app.answers == [Answer(chosen=[the("sometimes")])]
        labelled = [line for line in app.lines() if "never" in line or "sometimes" in line or "always" in line]
        assert len(labelled) == rows


async def test_blanks_are_numbered_and_typed() -> None:
    asked = question(Kind.BLANKS, title="The ___ before the ___ is what?", blanks=2)
    app = Asking(asked, Answer(blanks=["", "set"]))
    async with app.run_test(size=(80, 20)) as pilot:
        assert app.answers == []
        assert "The ‹1›▁▁▁▁▁▁ before the ‹2›▁▁▁▁▁▁ is what?" in app.page()
        await pilot.press("o", "1", "f")
        assert app.answers[-1] == Answer(blanks=["o1f", "set"])
        await pilot.press("down", "s", "up", "x")
        assert app.answers[-1] == Answer(blanks=["o1fx", "sets"])
        await pilot.press("enter")
        assert app.finished == 0
        await pilot.press("enter")
        assert app.finished == 1


async def test_free_text_keeps_its_lines_and_enter_in_it_is_a_line() -> None:
    app = Asking(question(Kind.TEXT))
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press("h", "i", "enter", "r", "f", "1")
        assert app.answers[-1] == Answer(text="hi\nrf1")
        assert app.finished == 0
        view = app.query_one(QuestionView)
        typing = view.is_typing
        assert typing
        view.leave_fields()
        await pilot.press("enter")
        assert not view.is_typing
        assert app.finished == 1


async def test_another_question_takes_the_place_of_the_fields() -> None:
    app = Asking(question(Kind.BLANKS, title="a ___", blanks=1), Answer(blanks=["kept"]))
    async with app.run_test(size=(80, 20)) as pilot:
        view = app.query_one(QuestionView)
        await view.set_question(question(Kind.CHOOSE_ONE, "a", "b"), Answer())
        await pilot.press("2")
        await view.set_question(question(Kind.TEXT), Answer())
        await pilot.press("z")
        assert app.answers == [Answer(chosen=[the("b")]), Answer(text="z")]


@pytest.mark.parametrize("kind", [Kind.BLANKS, Kind.TEXT])
async def test_a_field_that_is_going_can_be_painted_once_more(kind: Kind) -> None:
    async with Asking(question(kind, blanks=1)).run_test() as pilot:
        (field,) = pilot.app.query("Input, TextArea")
        await pilot.app.query_one(AnswerFields).remove()
        assert [row.text for row in field.render_lines(Region(0, 0, 4, 2))] == ["    ", "    "]


async def test_a_click_chooses() -> None:
    app = Asking(question(Kind.CHOOSE_ALL, "a", "b"))
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.click(QuestionSheet, offset=(8, 3))
        assert app.answers == [Answer(chosen=[the("b")])]


async def test_foreign_text_is_data_everywhere() -> None:
    hostile = "[@click=app.bell]x[/] [/ \x1b[31m\u202e ___ 漢字" * 4
    for kind in Kind:
        asked = question(kind, hostile, "b", title=hostile, description=hostile, blanks=2)
        answer = Answer(text=hostile, blanks=[hostile, "\x9b"])
        app = Asking(asked, answer)
        async with app.run_test(size=(40, 16)):
            assert app.answers == []
            for line in app.lines():
                assert cell_len(line) <= 40
                assert line.isprintable()
            assert "[@click=app.bell]x" in app.page()


def _plain(lines: list[tuple[object, ...]]) -> str:
    return "\n".join("".join(segment.text for segment in line) for line in lines)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("count(*) or count(*)?", "count(*) or count(*)?"),
        ("a*b*c = __init__", "a*b*c = __init__"),
        ("<table> &amp; <b>x</b>", "<table> &amp; <b>x</b>"),
        ("# of rows", "# of rows"),
        ("title\n---", "title ---"),
        ("**bold** and *em* and `code*`", "bold and em and code*"),
    ],
)
async def test_a_plain_text_loses_no_letter(source: str, shown: str) -> None:
    from lms_tui.tui.palette import Palette

    app = Asking(question(Kind.TEXT))
    async with app.run_test():
        palette = Palette.of(app)
        assert _plain(text(source, 60, palette)) == shown  # type: ignore[arg-type]
        assert _plain(option("*", 60, palette)) == "*"  # type: ignore[arg-type]
        assert _plain(option("- `a` *b*", 60, palette)) == "- a *b*"  # type: ignore[arg-type]
        folded = text("```\n" + "x" * 100 + "\n```", 40, palette)
        assert _plain(folded).replace("\n", "").strip() == "x" * 100  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [Kind.BLANKS, Kind.TEXT])
async def test_the_fields_stand_under_the_question_and_come_to_rest(kind: Kind) -> None:
    async with Asking(question(kind, blanks=2)).run_test(size=(120, 40)) as pilot:
        fields, seen = pilot.app.query_one(AnswerFields), set()
        for _ in range(6):
            await pilot.pause()
            seen.add(fields.styles.padding.left)
        assert seen == {margin_of(120)}
