"""What an erasure takes away and what it leaves, said before it is done."""

from lms_tui.tui.words import count
from lms_tui.wire.erasing import ErasureFacts


def touched(facts: ErasureFacts) -> list[str]:
    """Return in sentences what goes and what stays."""
    words = [
        count(facts.answers, "answer in their own words") if facts.answers == 1 else "",
        f"{facts.answers:,} answers in their own words" if facts.answers > 1 else "",
        count(facts.messages, "message") if facts.messages else "",
        count(facts.groups, "group membership") if facts.groups else "",
    ]
    gone = ", ".join(["name, address, password", *(word for word in words if word)])
    stays = [count(facts.enrolments, "enrolment")] if facts.enrolments else []
    stays += [f"{count(facts.attempts, 'attempt')} with their scores"] if facts.attempts else []
    lines = [f"For ever gone: {gone}."]
    if stays:
        lines.append(f"What stays, of nobody any more: {', '.join(stays)}, statistics.")
    return [*lines, "It cannot be taken back; nobody can sign in to it again."]


def refusal(facts: ErasureFacts) -> str:
    """Return why it would be refused: somebody else has to have the courses first; "" where nothing is in the way."""
    if not facts.courses:
        return ""
    named = ", ".join(f"“{title}”" for title in facts.courses[:3])
    more = f" and {len(facts.courses) - 3} more" if len(facts.courses) > 3 else ""
    return f"The author of {named}{more} hands them over to another author first: lms-tui course hand-over."
