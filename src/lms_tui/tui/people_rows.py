"""People in lists: their rows, what stands beside the list, and how many rows there are."""

from lms_tui.tui.people_words import called, facts, full_name, role_of, standing
from lms_tui.tui.widgets.panel import Paragraph
from lms_tui.tui.widgets.virtual_list import Row
from lms_tui.tui.words import count
from lms_tui.wire.people import Counts, ListRequest, Person, PersonLine, Role, Show
from lms_tui.wire.text import clean_line


def row_of(one: PersonLine) -> Row:
    """Return the row of a person."""
    mark, tone, state = standing(one)
    return Row(
        called(one),
        detail=facts(one),
        right=state,
        detail_right=count(one.enrolments, "course") if one.enrolments else "",
        mark=mark,
        tone=tone,
        dimmed=one.archived,
    )


def about(one: PersonLine) -> tuple[Paragraph, ...]:
    """Return what is known of a person from the list, to stand beside it."""
    _, tone, state = standing(one)
    groups = ", ".join(map(clean_line, one.groups))
    return (
        (called(one), "strong"),
        (clean_line(one.email) if full_name(one) else "No name yet", "muted"),
        ("", "text"),
        (role_of(one.role), "text"),
        (state or "has come", tone),
        (count(one.enrolments, "course"), "text"),
        (f"groups: {groups}" if groups else "in no group", "muted"),
        ("", "text"),
        ("Enter shows all about them, and what can be done.", "muted"),
    )


def line_of(person: Person) -> PersonLine:
    """Return a person as the list has them."""
    return PersonLine(
        id=person.id,
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        role=person.role,
        archived=person.archived,
        invited_until=None if person.invitation is None else person.invitation.expires_at,
        groups=[group.name for group in person.groups],
        enrolments=len(person.enrolments),
    )


def rows_expected(ask: ListRequest, there: Counts) -> int | None:
    """Return how many people `ask` finds by the numbers, which do not tell it for each role; None: they do not."""
    if ask.role is not None:
        by_role = {Role.STUDENT: there.students, Role.CONTENT_CREATOR: there.authors, Role.ADMIN: there.admins}
        return by_role[ask.role] if ask.show is Show.PRESENT else None
    by_show = {Show.PRESENT: there.present, Show.INVITED: there.invited, Show.ARCHIVED: there.archived}
    return by_show.get(ask.show, there.present + there.archived)
