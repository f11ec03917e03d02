"""How groups are said: who is in them, and what an act would touch."""

from lms_tui.tui.words import count, dotted, price
from lms_tui.wire.group_members import CourseEnrolled, GroupEnrolled, MembersChanged, Outcome
from lms_tui.wire.groups import Group, GroupLine


def people(number: int) -> str:
    """Return "1 person", "12 people"."""
    return f"{number:,} {'person' if number == 1 else 'people'}"


def who_is_in(group: Group) -> str:
    """Return how many are in a group, and how many of them have not come yet or are archived."""
    return dotted(
        people(group.members),
        f"{group.invited:,} invited" if group.invited else "",
        f"{group.archived_members:,} more archived" if group.archived_members else "",
    )


def state(group: Group | GroupLine) -> str:
    """Return "archived", or nothing."""
    return "archived" if group.archived else ""


def archiving(group: Group) -> list[str]:
    """Return in sentences what archiving a group ends, and what stays."""
    stays = [people(group.members + group.archived_members)]
    stays += [f"what they take of {count(len(group.courses), 'course')}"] if group.courses else []
    return [
        "Nobody comes into it or is enrolled by it any more; lists and statistics do not show it.",
        f"What stays: {', '.join(stays)}. It can be taken out of the archive again.",
    ]


def enrolling(look: GroupEnrolled) -> list[str]:
    """Return in sentences what enrolling a group would do, of each course."""
    lines = [_comes_in(course) for course in look.courses]
    if look.archived_members:
        lines.append(f"{people(look.archived_members)} in the group are archived, and are not let in.")
    return [*lines, "Who comes into the group later is not let in by this."]


def _comes_in(course: CourseEnrolled) -> str:
    already = f"; {course.already:,} take it already" if course.already else ""
    costs = f"; it costs {price(course.price_in_cents, course.currency)}" if course.price_in_cents > 0 else ""
    draft = "; it is a draft or archived: they cannot open it yet" if not course.available else ""
    come = "come" if course.enrolled != 1 else "comes"
    return f"“{course.title}”: {people(course.enrolled)} {come} in{already}{costs}{draft}."


def enrolled(done: GroupEnrolled) -> str:
    """Return in a sentence what came of enrolling a group."""
    came = sum(course.enrolled for course in done.courses)
    if not came:
        return f"All of {done.name} take {'it' if len(done.courses) == 1 else 'them'} already."
    return f"{count(came, 'enrolment')} made, in {count(len(done.courses), 'course')}."


def leaving(number: int) -> list[str]:
    """Return in sentences what taking so many out of a group does."""
    leave = "leaves" if number == 1 else "leave"
    return [f"{people(number)} {leave} it. What they did, and the courses that they take, stay."]


def changed(done: MembersChanged) -> str:
    """Return in a sentence what became of those who were to come in or go out; the first who was refused is named."""
    number = {outcome: sum(line.outcome is outcome for line in done.lines) for outcome in Outcome}
    refused = next((line for line in done.lines if line.outcome is Outcome.REFUSED), None)
    said = [f"{people(number[outcome])} {outcome}" for outcome in (Outcome.ADDED, Outcome.REMOVED) if number[outcome]]
    said += [f"{number[Outcome.UNCHANGED]:,} unchanged"] if number[Outcome.UNCHANGED] else []
    said += [f"{number[Outcome.REFUSED]:,} refused"] if refused is not None else []
    why = f" {refused.who}: {refused.reason}" if refused is not None else ""
    return f"{', '.join(said)}.{why}"
