"""The catalog in words: a course on its row and beside the list, and what is said where nothing was found."""

from lms_tui.tui.listing import Filters
from lms_tui.tui.widgets.bars import shorten
from lms_tui.tui.widgets.virtual_list import Row
from lms_tui.tui.words import completed, count, dotted, price
from lms_tui.wire import catalog, learning
from lms_tui.wire.text import clean_line

_LONGEST_TITLE = 24  # cells of the lesson to go on with: who wrote a course and how long it is stand beside it


def facts(card: catalog.Card) -> str:
    """Return what stands under the title beside the list."""
    size = dotted(count(card.chapters, "chapter"), count(card.lessons, "lesson"))
    return dotted(card.author, card.category, size, price(card.price_in_cents, card.currency))


def course_row(card: catalog.Card, mine: learning.MyCourse | None, *, enrolled: bool) -> Row:
    """Return a course's two lines in the list; `mine` is what the learner's own list says of it."""
    size = dotted(count(card.chapters, "chapter"), count(card.lessons, "lesson"))
    paid = card.price_in_cents > 0
    done = card.completed_lessons if mine is None else mine.completed_lessons
    return Row(
        card.title,
        detail=dotted(card.author, card.category, size, "" if paid else "free"),
        right=price(card.price_in_cents, card.currency) if paid else "",
        detail_right=_standing(card, mine) if enrolled else "",
        progress=done / max(1, card.lessons) if enrolled else None,
    )


def _standing(card: catalog.Card, mine: learning.MyCourse | None) -> str:
    """Return where the learner stands in a course of theirs; where `c` leads once it is begun."""
    if (card if mine is None else mine).completed_at is not None:
        return completed(0 if mine is None else mine.new_lessons)
    begun = mine is not None and mine.last_opened_at is not None
    if mine is None or not begun or mine.next_lesson_title is None:
        return "enrolled"
    return f"continue: {shorten(clean_line(mine.next_lesson_title), _LONGEST_TITLE)}"


def corrected_words(search: str, corrected: str | None) -> str:
    """Return what the search line says where other words were searched for."""
    return "" if corrected is None else f"nothing for “{shorten(search, 24)}”: showing “{corrected}”"


def nothing(filters: Filters) -> str:
    """Return what an empty list says, and what to do."""
    if filters.search:
        more = "\nx takes the filters away." if filters != filters.cleared else ""
        return f"No course has all of these words: {filters.search}{more}\nesc in the search line clears it."
    if filters != filters.cleared:
        return "No course here.\nx takes all filters away."
    return "There are no courses yet.\nlms-tui course import PATH brings one in."
