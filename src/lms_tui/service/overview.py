"""The whole system at a glance, for administrators: two statements beside that of the people's counts."""

from typing import Any

import msgspec

from lms_tui.db.queries import overview as queries
from lms_tui.db.queries import people_list
from lms_tui.db.queries.quizzes import together
from lms_tui.service.context import Context
from lms_tui.wire import WIRE_VERSION
from lms_tui.wire import overview as wire
from lms_tui.wire.people import Counts


async def overview(ctx: Context, _ask: wire.OverviewRequest) -> wire.Overview:
    """Return how people, courses, mail, database and service stand now."""
    async with ctx.pools.reader.connection() as connection:
        people, learning, machine = await together(
            connection, (people_list.counts(people_list.Narrow()), {}), (queries.LEARNING, {}), (queries.MACHINE, {})
        )
    told: dict[str, Any] = msgspec.json.decode(learning[0][0]) | msgspec.json.decode(machine[0][0])
    told["people"] = dict(zip(Counts.__struct_fields__, people[0], strict=True))
    told["mail"]["sends"] = ctx.shared.mailer is not None
    told["versions"] |= {"build": ctx.shared.build, "wire": WIRE_VERSION}
    return msgspec.convert(told, wire.Overview)
