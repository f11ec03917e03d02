"""What the mentor of the lesson on the shelf is, was asked and has said."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from lms_tui.wire import mentor, mentor_check, mentor_threads
from lms_tui.wire.errors import Code, Problem
from tests.tui.quiz_service import COURSE, LESSON, START

ABOUT = uuid5(LESSON, "Outer joins")
TITLE = "Relational databases from the ground up"
MODEL = "gpt-5-mini"
ANSWER = """An inner join drops rows without a partner. A **left join** keeps every row of the *left* table:

```python
def left_join(left, right, key):
    partners = {row[key]: row for row in right}
    for row in left:  # every one of them
        yield row, partners.get(row[key])
```

| join | keeps left | keeps right |
|------|:----------:|:-----------:|
| inner | no | no |
| left | yes | no |

1. Look at the left table first.
2. Then ask which rows have no partner.
"""
BEGUN = ANSWER[: ANSWER.index("| inner")]
QUOTED = "> A condition on the right table belongs behind `ON`.\n\nWhy not behind `WHERE`?"


def _thread(name: str, title: str = "", *, active: bool = False, days: int = 0) -> mentor.Thread:
    at = START - timedelta(days=days)
    return mentor.Thread(
        id=uuid5(LESSON, name), lesson_id=ABOUT, title=title, active=active, created_at=at, updated_at=at
    )


NOW = _thread("now", active=True)


def _said(name: str, role: mentor.Role, text: str, minute: int, **more: Any) -> mentor.Message:
    return mentor.Message(
        id=uuid5(LESSON, name), role=role, text=text, created_at=START + timedelta(minutes=minute), **more
    )


FIRST = (
    _said("q1", mentor.Role.USER, "What does an outer join keep that an inner one drops?", 0, tries=1),
    _said("a1", mentor.Role.ASSISTANT, ANSWER, 1, model=MODEL, tokens=1_842),
)
STOPPED = (
    *FIRST,
    _said("q2", mentor.Role.USER, QUOTED, 4, tries=1),
    _said("a2", mentor.Role.ASSISTANT, "Because `WHERE` comes", 5, model=MODEL, tokens=1_960, cut=True),
)


def opened(*messages: mentor.Message, **more: Any) -> mentor_threads.Opened:
    """The mentor as it opens."""
    fields: dict[str, Any] = {
        "lesson_id": ABOUT,
        "lesson_title": "Outer joins",
        "course_id": COURSE,
        "course_title": TITLE,
        "instructor": "M. Codd",
        "sees": mentor_threads.Seen(first_name="Ada", groups=["Monday evening"], wrong_answers=3),
        "ready": True,
        "why_not": "",
        "model": MODEL,
        "tokens_today": 3_802 if messages else 0,
        "tokens_allowed": 200_000,
        "opens_at": None,
        "can_check": True,
        "threads": 3 if messages else 0,
        "thread": NOW if messages else None,
        "messages": list(messages),
        "earlier": False,
    }
    return mentor_threads.Opened(**{**fields, **more})


NONE = opened(
    ready=False,
    why_not="No mentor is set up here. The lesson can be read and done without one.",
    model="",
    tokens_allowed=0,
)
THREADS = mentor_threads.Threads(
    lesson_id=ABOUT,
    lesson_title="Outer joins",
    course_title=TITLE,
    threads=[
        mentor_threads.ThreadLine(thread=NOW, messages=4, begins=FIRST[0].text),
        mentor_threads.ThreadLine(
            thread=_thread("null", "What NULL is for", days=2), messages=26, begins="Why is NULL = NULL not true?"
        ),
        mentor_threads.ThreadLine(thread=_thread("old", days=9), messages=2, begins="What is a partner of a row?"),
    ],
    earlier=False,
)
THREAD = mentor_threads.ThreadPage(
    thread=THREADS.threads[1].thread,
    lesson_title="Outer joins",
    course_title=TITLE,
    messages=list(FIRST),
    earlier=False,
)
_INSIGHTS = """\
You explained with an example of your own why an outer join keeps rows that have no partner, and what stands in their \
columns. Which of the two tables that is in a right join you have not said.

You asked back where something was unclear."""
_ACTIONS = (
    ("Read again what a condition behind WHERE does to an outer join.", "Check yourself", "quiz"),
    ("Draw two small tables, and work out the result of each kind of join by hand.", "", ""),
)


def _checked(understanding: int, days: int) -> mentor_check.Checked:
    actions = [
        mentor_check.Recommended(
            action=action, lesson_id=uuid5(LESSON, title) if title else None, lesson_title=title, lesson_type=kind
        )
        for action, title, kind in _ACTIONS
    ]
    return mentor_check.Checked(
        id=uuid5(LESSON, f"check {days}"),
        at=START - timedelta(days=days),
        understanding=understanding,
        engagement=72,
        insights=_INSIGHTS,
        actions=actions,
        is_passed=False,
    )


CHECKS = mentor_check.Result(
    lesson_id=ABOUT,
    course_id=COURSE,
    course_title=TITLE,
    title="Outer joins",
    needs=70,
    checks=[_checked(6, 0), _checked(4, 2)],
    has_said=True,
    cannot="",
    by_hand=False,
    progress_id=None,
    completed=False,
)
BROKE = Problem(
    status=502,
    code=Code.MENTOR_FAULT,
    title="The mentor is not there",
    detail="The mentor cannot be reached. Try again in a few minutes; if it stays so, tell your instructor.",
)


def asked(request: Any) -> mentor.Asked:
    """A question as it is stored."""
    message = mentor.Message(id=request.message_id, role=mentor.Role.USER, text=request.text, created_at=START)
    return mentor.Asked(thread=NOW, message=message)


def answer_of(message: UUID) -> mentor.Message:
    """The whole answer to a question."""
    return mentor.Message(
        id=uuid5(message, "1"), role=mentor.Role.ASSISTANT, text=ANSWER, created_at=START, model=MODEL, tokens=1_842
    )
