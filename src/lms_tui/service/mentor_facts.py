"""What the mentor is told of a lesson and a learner, as it stands when a question is answered."""

import asyncio
from dataclasses import replace
from uuid import UUID

from lms_tui.db.queries import mentor_facts as queries
from lms_tui.rules.mentor_facts import Facts
from lms_tui.rules.text_format import text_format
from lms_tui.service.database import Pools
from lms_tui.wire.learning import TextFormat


async def facts_of(pools: Pools, user: UUID, lesson: UUID) -> Facts | None:
    """Return what the mentor of `lesson` is told of it and of `user`, the lesson's text in Markdown.

    None for a lesson without a mentor. Whether the caller may talk with it is the use case's to know.
    """
    async with pools.reader.connection() as connection:
        facts = await queries.facts(connection, user, lesson)
    if facts is None or text_format(facts.text) is not TextFormat.HTML:
        return facts
    return replace(facts, text=await asyncio.to_thread(_markdown, facts.text))


def _markdown(text: str) -> str:
    from lms_tui.courses.markup import html_to_markdown  # noqa: PLC0415 - the parser waits for the first such lesson

    return html_to_markdown(text)
