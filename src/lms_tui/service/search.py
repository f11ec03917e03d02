"""What a search of the catalog stands for at this moment: its words, and the authors whose names have some of them."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from lms_tui.db.queries import search as queries
from lms_tui.rules.search import MOST_WORDS, Query, in_category, of_author
from lms_tui.service.context import Context

_LONGEST: Final = 300
"""Letters of what is typed that are looked at: more than twelve words have."""
_LAST: Final = "\U0010ffff"
"""After all letters there are."""


@dataclass(frozen=True, slots=True)
class Found:
    """A search with at least one word; `values` are what the statements bind."""

    query: Query
    by_name: bool
    values: dict[str, Any]

    def place(self, *, backwards: bool, rank: int, key: str) -> dict[str, Any]:
        """Return what a page binds that begins behind (`backwards`: in front of) the course of `rank` and `key`."""
        bound = {} if rank else {"end" if backwards else "begin": key}
        return {"rank": rank, "key": key, **bound}


async def resolve(
    ctx: Context, search: str, *, category: UUID | None = None, author: UUID | None = None
) -> Found | None:
    """Return what `search` stands for among the courses of `category` and `author`, None where there is no word in it.

    Any text may come: only words are left.
    """
    text = "".join(sign for sign in search[:_LONGEST] if sign >= " " and not "\ud800" <= sign <= "\udfff")
    if not text.strip():
        return None
    rows = await ctx.pools.found(queries.RESOLVE, {"search": text, "most": MOST_WORDS})
    words = tuple(rows[0][0].split(" ")[:MOST_WORDS])
    if words == ("",):
        return None
    only = [] if category is None else [in_category(category)]
    only += [] if author is None else [of_author(author)]
    query = Query(words, tuple(only))
    authors = {row[1]: row[2] for row in rows if row[1] is not None}
    values = {
        "anything": query.anything,
        "title": query.title,
        "begin": query.text,
        "end": query.text + _LAST,
        **{f"rank_{rank}": text for rank, text in query.ranks.items()},
        "authors": list(authors),
        "whole_authors": [author for author, named in authors.items() if not query.without(named)],
        "part_authors": query.by_authors(authors),
    }
    return Found(query, bool(authors), values)
