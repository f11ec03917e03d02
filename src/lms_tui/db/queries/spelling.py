"""The words of the catalog in our own schema, gathered by pieces, and those that are spelled nearly as a given one.

A word stands with its keys: itself, and itself without one of its letters. Two words that have a key in common differ
by one slip: a letter too many, too few, wrong, or two that changed places (or, less likely, by a wrong place of one
letter); so those that a misspelled word may stand for come from an index, without a look at the others.
"""

from typing import Final

from lms_tui.db.queries.search import NAMES, VISIBLE, WORDS

SHORTEST: Final = 4
LONGEST: Final = 40

_GATHER: Final = f"""
INSERT INTO lms_tui.search_words AS w (word, courses, keys, edition)
SELECT g.word, sum(g.courses), array_agg(DISTINCT left(g.word, k.at - 1) || substr(g.word, k.at + 1)) || g.word,
  %(edition)s
FROM (%s) g, generate_series(1, length(g.word)) k(at)
WHERE length(g.word) BETWEEN {SHORTEST} AND {LONGEST} AND g.word ~ '[^0-9]'
GROUP BY g.word ORDER BY g.word
ON CONFLICT (word) DO UPDATE SET edition = excluded.edition,
  courses = excluded.courses + CASE WHEN w.edition = excluded.edition THEN w.courses ELSE 0 END"""  # noqa: S608

_WORDS_OF_SOME: Final = f"""
SELECT t.word COLLATE "C" AS word, count(*)::int AS courses FROM (
  SELECT {WORDS} AS words FROM courses c WHERE c.id > %(after)s AND c.id <= %(upto)s AND {VISIBLE}
) c, unnest(tsvector_to_array(c.words)) AS t(word) WHERE t.word !~ '^[.^@#]' GROUP BY 1"""  # noqa: S608
_WORDS_OF_NAMES: Final = f"""
SELECT t.word COLLATE "C" AS word, 1 AS courses FROM users u, unnest(tsvector_to_array({NAMES})) AS t(word)
WHERE EXISTS (SELECT FROM courses c WHERE c.author_id = u.id AND {VISIBLE}) GROUP BY 1"""  # noqa: S608

PIECE: Final = """
SELECT id FROM (SELECT id FROM courses WHERE id > %(after)s ORDER BY id LIMIT %(size)s) piece
ORDER BY id DESC LIMIT 1"""
"""Where a piece of the courses ends; no row behind the last."""
GATHER_PIECE: Final = _GATHER.replace("%s)", f"{_WORDS_OF_SOME})", 1)
GATHER_NAMES: Final = _GATHER.replace("%s)", f"{_WORDS_OF_NAMES})", 1)
END: Final = """
WITH ended AS (UPDATE lms_tui.search_edition SET ended_at = clock_timestamp() WHERE edition = %(edition)s RETURNING 1)
DELETE FROM lms_tui.search_words WHERE edition <> %(edition)s AND EXISTS (SELECT FROM ended)"""

_OLD: Final = """CASE WHEN e.ended_at IS NULL THEN e.begun_at < clock_timestamp() - interval '1 hour'
  ELSE e.ended_at + greatest(interval '5 seconds', 50 * (e.ended_at - e.begun_at)) < clock_timestamp() END"""
ARE_OLD: Final = f"SELECT NOT EXISTS (SELECT FROM lms_tui.search_edition e WHERE NOT {_OLD})"  # noqa: S608
"""Whether there is something to do for BEGIN, which writes, and so waits for the disk, also where there is not."""
BEGIN: Final = f"""
INSERT INTO lms_tui.search_edition AS e (one, edition, begun_at) VALUES (true, 1, clock_timestamp())
ON CONFLICT (one) DO UPDATE SET edition = e.edition + 1, begun_at = clock_timestamp(), ended_at = NULL
WHERE {_OLD} RETURNING edition"""  # noqa: S608
"""Claims the gathering of a new edition: one process at a time, and for a fiftieth of the time at most; one that was
not ended within an hour is given up. No row where there is nothing to do."""

NEARLY: Final = """
SELECT w.word, s.word, s.courses
FROM (SELECT DISTINCT word FROM unnest(%(words)s::text[]) word) w
LEFT JOIN LATERAL (
  SELECT DISTINCT s.word, s.courses FROM unnest(%(words)s::text[], %(keys)s::text[]) k(word, key)
  JOIN lms_tui.search_words s ON s.keys @> ARRAY[k.key] WHERE k.word = w.word
) s ON true
WHERE NOT EXISTS (
  SELECT FROM lms_tui.search_words b
  WHERE b.word >= w.word COLLATE "C" AND b.word < (w.word || U&'\\+10FFFF') COLLATE "C"
)"""
"""For each of `words` with which no word begins: the words that have a key in common with it. `keys` go with `words`,
which come as often as they have keys."""
