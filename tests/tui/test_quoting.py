"""What can be quoted to the mentor: passages of a lesson, and questions of a quiz that was submitted."""

from uuid import uuid4

from lms_tui.tui.quoting import quoted_question
from lms_tui.tui.text.passages import LONGEST, nearest, passages, quoted
from lms_tui.wire.quizzes import Answer, Kind, Option, Question, QuestionResult

TEXT = "# Joins\n\nA join\nputs rows together.\n\n---\n\n```sql\nSELECT 1;\n```\n\n- one\n- two\n"


def test_passages_are_the_blocks_as_they_were_written() -> None:
    found = passages(TEXT, "markdown")
    assert [(one.block, one.source) for one in found] == [
        (0, "# Joins"),
        (1, "A join\nputs rows together."),
        (3, "```sql\nSELECT 1;\n```"),
        (4, "- one\n- two"),
    ]
    assert [nearest(found, block) for block in (0, 1, 2, 3, 9)] == [0, 1, 1, 2, 3]
    assert passages("", "markdown") == []


def test_html_is_quoted_as_markdown_and_without_control_characters() -> None:
    (one,) = passages("<p>A <b>join</b>\x1b]0;x\x07</p><script>alert(1)</script>", "html")
    assert one.source == "A **join**\\]0;x"
    assert quoted("a\n\nb") == "> a\n>\n> b"
    assert len(quoted("x" * 9_000)) < LONGEST + 20


def result(*, shown: bool) -> QuestionResult:
    left, right = Option(id=uuid4(), text="the left one"), Option(id=uuid4(), text="the right one")
    question = Question(
        id=uuid4(),
        kind=Kind.CHOOSE_ONE,
        title="Which table keeps its rows?",
        description="",
        points=1,
        options=[left, right],
        blanks=0,
    )
    return QuestionResult(
        question=question,
        answer=Answer(chosen=[right.id]),
        is_correct=False,
        points_earned=0,
        points=1,
        correct=Answer(chosen=[left.id]) if shown else None,
        accepted=[],
    )


def test_a_right_answer_stands_in_a_quote_only_where_the_result_shows_it() -> None:
    hidden = quoted_question(result(shown=False))
    assert hidden == (
        "> Which table keeps its rows?\n>\n> - the left one\n> - the right one\n>\n> My answer: the right one (wrong)"
    )
    assert quoted_question(result(shown=True)).endswith("(wrong)\n> Right: the left one")
