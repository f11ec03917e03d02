"""What is said of a mentor's check, in sentences: what it is, what came of it, and what to do next."""

from collections.abc import Sequence
from typing import Final

from lms_tui.tui import glyphs
from lms_tui.tui.text.plain import plain
from lms_tui.tui.words import count, dotted
from lms_tui.tui.wrapping import wrapped
from lms_tui.wire.mentor_check import Checked, CheckEvent, Recommended, Result
from lms_tui.wire.text import clean_line

Line = Sequence[tuple[str, str]]
"""A line of a page: texts with the names of their styles."""

WIDEST: Final = 84
"""Cells of a line that is read with ease."""
_NUMBER: Final = "    "
"""What stands before the lines of an action under its first."""

ABOUT: Final = (
    "The mentor reads what you have said in this lesson's conversation, and judges it by what the lesson is for. It is "
    "no examination: explain what you have understood in your own words first, then ask. A check that passes completes "
    "the lesson. Whoever teaches the course sees what it comes to."
)
STOPPED: Final = "Stopped. Nothing is kept of this check; c asks again."
READING: Final = "The mentor reads what you have said"
AGAIN: Final = "It could not be read, so the mentor judges once more"


def progress_words(event: CheckEvent) -> str:
    """Return how far a check is."""
    if event.written:
        return f"{count(event.written, 'character')} of its judgement written. esc stops it."
    if event.thinking:
        return f"It thinks: {count(event.thinking, 'character')} so far. esc stops it."
    return "This can take a minute. esc stops it."


def verdict(check: Checked) -> tuple[str, str]:
    """Return in a word or two whether it passed, and its tone."""
    if check.is_passed:
        return f"{glyphs.DONE} passed", "success"
    return "not passed yet", "warning"


def facts(check: Checked, number: int, of: int) -> str:
    """Return the line under the score."""
    local = check.at.astimezone()
    return dotted(
        f"understanding {check.understanding} of 10" if check.understanding is not None else "",
        f"engagement {check.engagement} of 100" if check.engagement is not None else "",
        f"{local.day} {local:%b %H:%M}",
        f"check {number} of {of}" if of > 1 else "",
    )


def steps(result: Result, check: Checked | None) -> list[str]:
    """Return in sentences where the learner stands and what they can do."""
    said = []
    if check is not None and not check.is_passed:
        said.append(_missing(result, check))
    if result.completed:
        said.append("This lesson is complete.")
    elif result.by_hand:
        said.append(f"{result.cannot or 'A check could not be had.'} Back in the lesson (esc), d marks it as done.")
    elif result.cannot:
        said.append(result.cannot)
    if result.cannot or (result.completed and check is not None and check.is_passed):
        return said
    if check is not None and check.is_passed:
        said.append(
            "You passed this check, but the lesson is not complete: it was begun anew, or changed. c asks again."
        )
    else:
        said.append(_asking(result, again=check is not None))
    return said


def _missing(result: Result, check: Checked) -> str:
    needed = -(-result.needs // 10)
    if needed > 10:
        return f"No check can pass: it would take {result.needs} %. Tell whoever teaches the course."
    shown = "tells no understanding" if check.understanding is None else f"shows {check.understanding} of 10"
    return f"This lesson needs {needed} of 10; this check {shown}."


def _asking(result: Result, *, again: bool) -> str:
    if not result.has_said:
        return "You have said nothing to the mentor yet: m opens the conversation."
    return "Go on with the mentor (m), then c asks again." if again else "c asks now; m goes back to the conversation."


def page(result: Result, check: Checked | None, note: tuple[str, str] | None, width: int) -> list[Line]:
    """Return the lines under the score, at `width`: a note, what the mentor found, and numbered what to do next."""
    width = min(width, WIDEST)
    lines: list[Line] = []
    for text, tone in [note] if note else []:
        lines += [*_paragraph(text, tone, width), ()]
    if check is None:
        lines += [*_paragraph(ABOUT, "text", width), ()]
    elif check.insights:
        lines += [((line, "text"),) if line else () for line in plain(check.insights, width)]
        lines.append(())
    for sentence in steps(result, check):
        lines += _paragraph(sentence, "accent", width)
    if check is not None and check.actions:
        lines += [(), (("What to do next", "strong"),)]
        for number, action in enumerate(check.actions, 1):
            lines += _action(number, action, width)
    return lines


def _paragraph(text: str, tone: str, width: int) -> list[Line]:
    return [((line, tone),) for line in wrapped(clean_line(text), width)]


def _action(number: int, action: Recommended, width: int) -> list[Line]:
    first, *rest = [*plain(action.action, max(10, width - len(_NUMBER)))] or [""]
    mark = (f"{number:>2}  ", "accent" if action.lesson_id is not None else "muted")
    lines: list[Line] = [(mark, (first, "text")), *(((_NUMBER + line, "text"),) for line in rest)]
    if action.lesson_id is not None:
        title = f"{glyphs.SORT} {clean_line(action.lesson_title)}"
        lines += [((_NUMBER + line, "accent"),) for line in wrapped(title, max(10, width - len(_NUMBER)))]
    return lines
