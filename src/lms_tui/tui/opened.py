"""Lessons that are somewhere else, or a file: the learner says that they are done after opening them (domain.md).

That one was opened is kept on this machine beside the places at which lessons were left, for the app and the command
line alike. A kiosk keeps it until it ends.
"""

from typing import TYPE_CHECKING
from uuid import UUID

from lms_tui.wire.learning import Lesson

if TYPE_CHECKING:
    from lms_tui.tui.places import ReadingPlaces


def waits_for_opening(lesson: Lesson) -> bool:
    """Tell whether the lesson may be marked as done only after it was opened: its address opened, shown or copied, its
    file opened or saved.

    A film or page without an address and a file is done by hand: nobody could open it.
    """
    there = lesson.link is not None or lesson.file_kind is not None
    return there and lesson.type in {"video", "external"}


def opened_name(reading: str) -> str:
    """Return the name under which it is kept that a lesson was opened; `reading` is that of its place."""
    return f"{reading}:opened"


def reading_name(user: object, lesson: UUID) -> str:
    """Return the name under which the place is kept at which `user` left `lesson`."""
    return f"{user}:{lesson}"


def note_opened(places: "ReadingPlaces", user: object, lesson: UUID) -> None:
    """Keep that `user` opened `lesson`, on disk too; it waits for the disk."""
    places.put(opened_name(reading_name(user, lesson)), 1)


def was_opened(places: "ReadingPlaces", user: object, lesson: UUID) -> bool:
    """Tell whether it is kept that `user` opened `lesson`."""
    return bool(places.get(opened_name(reading_name(user, lesson))))
