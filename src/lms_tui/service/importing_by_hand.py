"""What staff set of a course by hand (`course_acts`) stands over what its files say.

Whoever sets a price does not expect it gone when the author mends a letter. The report says so where the files say
something else, and which command changes it.
"""

from typing import Any, Final

from psycopg import AsyncConnection

from lms_tui.courses.model import Report
from lms_tui.db.queries import courses as queries
from lms_tui.service.course_source import Source
from lms_tui.wire.courses import Level

_COLUMNS: Final = {
    "published": ("is_published",),
    "price": ("price_in_cents", "currency"),
    "category": ("category_id",),
}
_SAID: Final = {
    "published": ("Whether it is published", "publish or draft"),
    "price": ("The price", "price"),
    "category": ("The category", "move"),
}
"""How each is called, and the command that sets it."""


async def kept_by_hand(tx: AsyncConnection, source: Source, stands: queries.Standing, report: Report) -> dict[str, Any]:
    """Return the columns of the course that were set by hand, as they stand; note where the source differs."""
    course, row = source.course, stands.course
    if row is None:
        return {}
    by_hand = await queries.by_hand(tx, course.id)
    alike = {
        "published": course.published == row["is_published"],
        "price": (course.price_in_cents, course.currency) == (row["price_in_cents"], row["currency"]),
        "category": course.category.lower() == row["category"].lower(),
    }
    for what in (what for what, is_so in alike.items() if what in by_hand and not is_so):
        name, command = _SAID[what]
        reason = f"{name} was set by hand and stays, whatever is written here. To change it: lms-tui course {command}"
        report.add(Level.ADAPTED, source.main_file, source.lines.get(what), reason)
    return {name: row[name] for what in alike if what in by_hand for name in _COLUMNS[what]}
