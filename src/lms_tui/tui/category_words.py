"""How categories are said: the courses that stand in them, and what an act would touch."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from lms_tui.tui.words import count, dotted
from lms_tui.wire.categories import Category, CategoryChanged, PlaceRequest


def holds(category: Category) -> str:
    """Return how many courses stand in a category, and how many of them the catalog shows."""
    if not category.courses:
        return "no course"
    return dotted(count(category.courses, "course"), f"{category.shown:,} in the catalog")


def archiving(category: Category) -> list[str]:
    """Return in sentences what archiving a category ends, and what stays."""
    stays = (
        f"{count(category.courses, 'course')} of it: they stay in it, and in the catalog under its name."
        if category.courses
        else "the category itself: it can be taken out of the archive again."
    )
    return ["No other course comes into it.", f"What stays: {stays}"]


def deleting(category: Category) -> list[str]:
    """Return in sentences what deleting a category does; one with courses is archived instead."""
    if category.courses:
        instead = f"{count(category.courses, 'course')} of it would lose their category: it is archived instead."
        return [instead, *archiving(category)]
    return ["No course stands in it. It cannot be brought back."]


def deleted(done: CategoryChanged) -> str:
    """Return what became of a category that was to be deleted: "is deleted", or that it is archived, and why."""
    if done.deleted:
        return "is deleted"
    return f"has {count(done.courses, 'course')}, so it is not deleted: it is archived"


def moved(found: Sequence[Category], category: UUID, *, up: bool) -> PlaceRequest:
    """Return what puts a category past its neighbour of the same standing; where there is none, where it is."""
    here = next(at for at, one in enumerate(found) if one.id == category)
    way = range(here - 1, -1, -1) if up else range(here + 1, len(found))
    beside = next((at for at in way if found[at].archived == found[here].archived), here)
    after = beside if up or beside == here else beside + 1
    before = found[after].id if after < len(found) else None
    return PlaceRequest(id=uuid4(), category_id=category, before=before)
