"""What the mentor's screen says of the mentor: what it is told of the learner, who reads along, how it stands."""

from lms_tui.tui import glyphs
from lms_tui.tui.talk import State
from lms_tui.tui.widgets.panel import Paragraph
from lms_tui.tui.words import count, dotted
from lms_tui.wire.mentor_threads import Opened
from lms_tui.wire.text import clean_line

_NOT_TOLD = (
    "It is not told your e-mail address, right answers of quizzes that you can still take, or anything of other people."
)
_TOLD_BESIDES = (
    "A learner's mentor is told besides what their groups have in common and what they got wrong in this course."
)
_TRY = (
    "You try it: nothing is kept, nobody reads along, and what is said is forgotten when you leave. Its tokens count as"
    " yours of today."
)


def about(opened: Opened) -> list[Paragraph]:
    """Return what a learner should know before they ask the first question; where nobody answers, that alone."""
    if not opened.model:
        return [(opened.why_not, "strong")]
    readers = f"{_readers(opened)} can read what is said here."
    return [
        ("The mentor answers questions about this lesson. It is an AI, and can be wrong.", "strong"),
        (f"It is told {_sees(opened)}.", "text"),
        (_TOLD_BESIDES if opened.is_try else _NOT_TOLD, "text"),
        (_TRY if opened.is_try else readers, "warning"),
    ]


def _sees(opened: Opened) -> str:
    """Return what the mentor is told, as one sentence has it."""
    sees = opened.sees
    named = clean_line(sees.first_name)
    parts = ["this lesson and what it aims at", f"your first name ({named})" if named else ""]
    if sees.groups:
        parts.append(f"your groups and what they have in common ({', '.join(map(clean_line, sees.groups))})")
    if sees.wrong_answers:
        wrong = count(sees.wrong_answers, "wrong answer")
        parts.append(f"your last {wrong} in this course" if sees.wrong_answers > 1 else f"your last {wrong[2:]}")
    parts.append("what you write here")
    *others, last = [part for part in parts if part]
    return f"{', '.join(others)}, and {last}"


def _readers(opened: Opened) -> str:
    named = clean_line(opened.instructor)
    return f"{named}, who teaches this course, and administrators" if named else "Instructors of this course"


def standing(state: State, opened: Opened | None) -> Paragraph:
    """Return what goes on, in words, and its colour; where nothing does, how the mentor stands."""
    match state:
        case State.ASKING:
            return f"asking{glyphs.ELLIPSIS} esc stops", "accent"
        case State.ANSWERING:
            return f"answering{glyphs.ELLIPSIS} esc stops", "accent"
        case State.WAITING:
            return "your question waits until the service is back", "warning"
        case State.READY:
            return ("", "muted") if opened is None else _at_rest(opened)


def _at_rest(opened: Opened) -> Paragraph:
    """Return whether the mentor would answer, by which model, and what was used of the day; a sentence where not."""
    if not opened.ready:
        opens = ""
        if opened.opens_at is not None:
            local = opened.opens_at.astimezone()
            opens = f" It opens again on {local.day} {local:%B} at {local:%H:%M}."
        return f"{opened.why_not}{opens}", "warning"
    allowed = f" of {opened.tokens_allowed:,}" if opened.tokens_allowed else ""
    used = f"{opened.tokens_today:,}{allowed} tokens today" if opened.tokens_today or allowed else ""
    tried = "not kept" if opened.is_try else ""
    return dotted(f"{glyphs.HERE} {opened.model}", used, tried), "muted"


WAITS = (
    "The service cannot be reached. The question is kept on this machine and goes by itself; the answer is asked for"
    " then, or when you open the mentor next."
)
OFFLINE = "The service is away: this is read from this machine, and questions wait."
ASKING = f"asking{glyphs.ELLIPSIS}"


def thinking(characters: int) -> str:
    """Return that a model thinks, and how much it has thought."""
    return f"thinking{glyphs.ELLIPSIS} {characters:,} characters so far"
