"""The system at a glance in words: what each line is about, and the facts of it, on screen and command line alike."""

from lms_tui import __version__
from lms_tui.tui.people_words import moment
from lms_tui.tui.words import count, size
from lms_tui.wire.overview import MailQueue, Overview, RecordedAct, TableSize
from lms_tui.wire.text import clean_line

Fact = tuple[str, str]
"""What is said, and its colour."""


def facts(found: Overview) -> list[tuple[str, list[Fact]]]:
    """Return the lines, each with what it is about and its facts."""
    people, courses, database, versions = found.people, found.courses, found.database, found.versions
    return [
        (
            "people",
            [
                (f"{people.present:,} {'person' if people.present == 1 else 'people'}", "strong"),
                (count(people.students, "learner"), "text"),
                (count(people.authors, "author"), "text"),
                (count(people.admins, "administrator"), "text"),
                *_some(people.invited, "invited"),
                *_some(people.archived, "archived"),
            ],
        ),
        (
            "learning",
            [
                (f"{found.active.in_7_days:,} in the last 7 days", "text"),
                (f"{found.active.in_30_days:,} in the last 30 days", "text"),
            ],
        ),
        (
            "courses",
            [
                (f"{courses.published:,} published", "strong"),
                *_some(courses.drafts, "drafts" if courses.drafts > 1 else "draft"),
                *_some(courses.archived, "archived"),
                (count(courses.enrolments, "enrolment"), "text"),
                (f"{courses.completions:,} of them completed", "text"),
            ],
        ),
        ("mail", _mail(found.mail)),
        (
            "database",
            [
                (size(database.bytes), "text"),
                (f"{database.connections:,} of {count(database.most_connections, 'connection')}", "text"),
            ],
        ),
        (
            "versions",
            [
                (f"lms-tui {__version__} here", "text"),
                (clean_line(f"service {versions.build}, wire {versions.wire}"), "text"),
                (clean_line(f"PostgreSQL {versions.postgresql}, schema {versions.schema or 'unknown'}"), "text"),
            ],
        ),
    ]


def _some(number: int, word: str) -> list[Fact]:
    return [(f"{number:,} {word}", "text")] if number else []


def _mail(mail: MailQueue) -> list[Fact]:
    said: list[Fact] = [] if mail.sends else [("this service sends none", "muted")]
    if mail.waiting:
        since = f", the longest since {moment(mail.oldest)}" if mail.oldest is not None else ""
        waits = "1 waits" if mail.waiting == 1 else f"{mail.waiting:,} wait"
        said.append((f"{waits}{since}", "warning"))
    elif mail.sends:
        said.append(("nothing waits", "text"))
    if mail.given_up:
        said.append((f"{mail.given_up:,} given up in the last 30 days", "warning"))
    if mail.last_fault:
        said.append((f"refused last: {clean_line(mail.last_fault)}", "warning"))
    return said


def rows_of(table: TableSize) -> str:
    """Return about how many rows a table has."""
    return "not counted yet" if table.rows is None else f"about {table.rows:,} {'row' if table.rows == 1 else 'rows'}"


def act_line(act: RecordedAct) -> str:
    """Return when who did what to whom, or to what."""
    whom = " ".join(filter(None, (act.person, f"“{act.what}”" if act.what else "")))
    return clean_line(f"{moment(act.at)} {act.actor or 'somebody'} {act.action} {whom}".rstrip())
