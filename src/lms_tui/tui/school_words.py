"""How the settings are said, and what changing one would touch."""

from lms_tui.tui.group_words import people
from lms_tui.wire.school import Settings


def on(value: bool) -> str:
    """Return "on" or "off"."""
    return "on" if value else "off"


def letting_guests_in(*, on: bool) -> list[str]:
    """Return in sentences what letting guests in, or no more, does."""
    if on:
        return ["Whoever reaches this service sees the catalog and reads free lessons without signing in, no quizzes."]
    return ["Who has not signed in sees nothing any more, at once."]


def by_sso_alone(settings: Settings, *, on: bool) -> list[str]:
    """Return in sentences what switching passwords off, or on again, does."""
    if not on:
        return ["Passwords are good again, beside signing in through the organisation."]
    lines = ["Nobody signs in by a password any more, nor chooses a new one; sessions that there are go on."]
    if settings.without_sso:
        never = "has never" if settings.without_sso == 1 else "have never"
        lines.append(f"{people(settings.without_sso)} with a password {never} signed in through the organisation.")
    return [*lines, "On the database, lms-tui user create --admin undoes it."]
