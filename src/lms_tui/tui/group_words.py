"""How groups are said: who is in them, and what an act would touch."""

from lms_tui.tui.words import count, dotted
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
