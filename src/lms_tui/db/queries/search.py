"""Searching the catalog: how texts are made comparable, and the statements that find courses by their words.

**Comparable.** `FOLD` of a text is its words in lower case, one blank between: letters without their marks ("Über" is
`uber`, "straße" `strasse`), wide and joined forms as plain ones, punctuation gone, C++ and C# as words of their own.
It is written with functions of every PostgreSQL from 14 on and does the same whatever the database's locale, but that
in the locale C capitals beyond A to Z, Cyrillic ones say, stay as they are. What is typed is folded by the same text.

**Indexed.** `lms_tui_courses_searched` holds five kinds of words of each course: every word of title and description
as it is, each word of the title after a `.`, the whole title after a `^`, its author's id after an `@`, and its
category's after a `#`. So one index tells words of the title from others, and the courses of an author or a category
from others, without a look at the row; and no word begins with one of these signs. `lms_tui_courses_beginning` has the
titles in order, `lms_tui_users_names` the words of people's names. All of them are of the rows themselves: whoever
writes a course or renames an author, this program or another, is found at once.

**Ranked**, the first that is true:

0. the title begins with what was typed;
1. the title has all words, whole;
2. the title has all words, as beginnings of its own;
3. the author's name has at least one of them, and the course's own words have the others;
4. title and description have all words, whole;
5. title and description have all words, as beginnings.

Within a rank by title. Each rank is read by an index in turn, and no further than the page goes: what is typed first,
a letter or two, stands at the beginning of more titles than a page shows.
"""

from functools import cache
from typing import Final, Literal

from lms_tui.wire.catalog import PageSize

Way = Literal["first", "after", "before", "last"]

_APART: Final = (
    r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7"
    r"\u055a-\u055f\u0589\u05be\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965\u2000-\u206f\u2190-\u23ff"
    r"\u2500-\u25ff\u3000-\u3004\u3008-\u3020\u3030\u30fb\ufeff]+"
)
"""What stands between words: signs and blanks, by number, since classes of signs are another thing in each locale."""


def fold(text: str) -> str:
    """Return the expression of the words of `text`, an expression too. Words are cut into pieces of 100 letters: an
    index entry has its longest length, and a row that another program writes must not be refused for it."""
    folded = rf"lower(regexp_replace(normalize({text}, NFKD), '[\u0300-\u036f]+', '', 'g'))"
    for letters, plain in (("ß", "ss"), ("æ", "ae"), ("œ", "oe"), ("c++", "cplusplus"), ("c#", "csharp")):
        folded = f"replace({folded}, '{letters}', '{plain}')"
    folded = f"regexp_replace(translate({folded}, 'øłđðħıς', 'olddhiσ'), '{_APART}', ' ', 'g')"
    return rf"btrim(regexp_replace({folded}, '([^ ]{{100}})(?=[^ ])', '\1 ', 'g'))"


TITLE: Final = f"left({fold('title')}, 200)"
_TEXTS: Final = fold("title || ' ' || coalesce(description, '')")
WORDS: Final = (
    f"array_to_tsvector(array_remove(string_to_array({_TEXTS} || ' .' || replace({TITLE}, ' ', ' .'), ' ')"
    f" || ('^' || {TITLE}) || ('@' || author_id::text) || ('#' || category_id::text), ''))"
)
"""Exactly the expression of the index `lms_tui_courses_searched`, or a search reads every row."""
_NAMES: Final = fold("left(first_name, 200) || ' ' || left(last_name, 200)")
NAMES: Final = f"array_to_tsvector(array_remove(string_to_array({_NAMES}, ' '), ''))"
BEGINNING: Final = f'({TITLE}) COLLATE "C"'

VISIBLE: Final = "c.is_published AND c.archived IS NOT TRUE"

RESOLVE: Final = f"""
WITH folded AS MATERIALIZED (SELECT {fold("%(search)s::text")} AS text),
words AS (
  SELECT DISTINCT word FROM folded, unnest((string_to_array(text, ' '))[1:%(most)s::int]) AS word WHERE word <> ''
)
SELECT f.text, a.id, a.words FROM folded f LEFT JOIN (
  SELECT u.id, array_agg(w.word) AS words FROM words w CROSS JOIN LATERAL (
    SELECT u.id FROM users u
    WHERE {NAMES} @@ (quote_literal(w.word) || CASE WHEN length(w.word) > 2 THEN ':*' ELSE '' END)::tsquery OFFSET 0
  ) u WHERE EXISTS (SELECT FROM courses c WHERE c.author_id = u.id AND {VISIBLE}) GROUP BY u.id
) a ON true"""  # noqa: S608 - constants of this module only
"""What was typed, folded, and each author of whose name some words are the beginnings, with these words: one row at
least, whose author is NULL where there is none."""

_OF_AUTHORS: Final = f"""
  SELECT c.* FROM courses c WHERE c.author_id = ANY(%(whole_authors)s::uuid[])
  UNION ALL
  SELECT c.* FROM unnest(%(part_authors)s::text[]) q
  CROSS JOIN LATERAL (SELECT * FROM courses c WHERE {WORDS} @@ q::tsquery OFFSET 0) c"""  # noqa: S608
"""The courses of authors whose names have all words; and of those whose names have some, by a query for each of the
other words that are left: a word that stands in thousands of courses costs no look at any but these authors'."""


def _of_words(query: str, where: str) -> str:
    """Return the FROM clause of the courses `c` that match the bound `query`, and WHERE they are narrowed by.

    The fence keeps PostgreSQL to the index: it takes the expression for cheap, and would on its own work it out for
    each course of a category or an author, at 0.2 ms a course.
    """
    found = f"SELECT * FROM courses c WHERE {WORDS} @@ %({query})s::tsquery OFFSET 0"  # noqa: S608
    return f"({found}) c WHERE {where}"


def arms(where: str, *, by_name: bool) -> list[str]:
    """Return FROM and WHERE of the courses `c` that are found at all, in parts that have no course in common.

    One part, and with `by_name` (an author's name has a word of the search) a second: the authors' courses. Binds
    `anything`, and with `by_name` the authors.
    """
    if not by_name:
        return [_of_words("anything", where)]
    others = _of_words("anything", f"{where} AND c.author_id <> ALL(%(authors)s::uuid[])")
    return [others, f"({_OF_AUTHORS}) c WHERE {where}"]


@cache
def relevance(where: str, way: Way, size: PageSize, *, by_name: bool) -> str:
    """Return the statement of a page by relevance: courses with rank and key, in order, `size` and one more.

    `where` narrows the courses `c`. Binds the queries `title`, `rank_1`, …, the bounds `begin` and `end` of rank 0,
    with `by_name` the authors, and for `after` and `before` the place `rank`, `key` and `id`. The ranks are read in
    turn until the page is full: PostgreSQL begins with a part of an Append when the one in front has ended, and stops
    at the limit (which a plan test sees).
    """
    ranks = [0, 1, 2, *([3] if by_name else []), 4, 5]
    parts = [_part(rank, where, way, size, by_name=by_name) for rank in ranks]
    if way in ("before", "last"):
        parts.reverse()
    union = "\n  UNION ALL\n".join(parts)
    return f"SELECT * FROM (\n{union}\n) found LIMIT {size.value + 1}"  # noqa: S608


def _part(rank: int, where: str, way: Way, size: PageSize, *, by_name: bool) -> str:
    """Return the page's courses of one rank, at most the page."""
    key = 'c.title COLLATE "C"'
    turn, sign = (" DESC", "<") if way in ("before", "last") else ("", ">")
    if rank == 0:
        key = BEGINNING
    if way in ("after", "before"):
        where += f" AND {rank} {sign}= %(rank)s AND ({rank} {sign} %(rank)s OR ({key}, c.id) {sign} (%(key)s, %(id)s))"
    match rank:
        case 0:
            found = f"courses c WHERE {where} AND {key} >= %(begin)s AND {key} <= %(end)s"
        case 3:
            titles = f"SELECT c.id FROM courses c WHERE {WORDS} @@ %(title)s::tsquery"  # noqa: S608
            found = f"({_OF_AUTHORS}) c WHERE {where} AND c.id NOT IN ({titles})"
        case 4 | 5 if by_name:
            found = _of_words(f"rank_{rank}", f"{where} AND c.author_id <> ALL(%(authors)s::uuid[])")
        case _:
            found = _of_words(f"rank_{rank}", where)
    columns = f"c.*, {rank} AS rank, {key} AS key"
    return f"  (SELECT {columns} FROM {found} ORDER BY {key}{turn}, c.id{turn} LIMIT {size.value + 1})"  # noqa: S608
