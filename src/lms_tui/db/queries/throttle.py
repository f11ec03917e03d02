"""Tries at the doors, counted in our own schema for all workers together, by the database's clock.

A key has so many tries in a window; one that is used comes back after its `gap`, the window divided by their number.
All that is kept of it is when all of them are there again, so that a try is one row's upsert and a row that is over
tells nothing any more.
"""

from typing import Final

from lms_tui.db.queries.audit import ENTER

KNOWN_DAYS: Final = 30
"""How long a network counts as one that a person signs in from."""

MOST_ROWS: Final = 100_000
"""Of either table, after each pruning."""

_PASSED: Final = "(%(own)s::bytea IS NULL OR EXISTS (SELECT FROM own))"

_UNKNOWN: Final = """NOT EXISTS (
  SELECT FROM lms_tui.known_clients WHERE key = %(known)s AND until > clock_timestamp())"""


def _count(name: str, condition: str) -> str:
    """Return the part of TRY that counts the key `name`: a row where a try was left, none where not."""
    gap = f"make_interval(secs => %({name}_gap)s)"
    used = "greatest(t.full_at, clock_timestamp()) + EXCLUDED.gap"
    return f"""{name} AS (
  INSERT INTO lms_tui.throttle AS t (key, gap, full_at)
  SELECT %({name})s::bytea, {gap}, clock_timestamp() + {gap} WHERE %({name})s::bytea IS NOT NULL AND {condition}
  ON CONFLICT (key) DO UPDATE SET gap = EXCLUDED.gap, full_at = {used}
  WHERE {used} <= clock_timestamp() + make_interval(secs => %(window)s) RETURNING key)"""


_OPEN_AGAIN: Final = """(
  SELECT extract(epoch FROM full_at + gap - make_interval(secs => %(window)s) - clock_timestamp())
  FROM lms_tui.throttle WHERE key = %({})s)"""

TRY: Final = f"""
WITH {_count("own", "true")},
{_count("client", _PASSED)},
counted AS (SELECT {_PASSED} AS own, %(client)s::bytea IS NULL OR EXISTS (SELECT FROM client) AS client,
  %(strangers)s::bytea IS NOT NULL AND {_UNKNOWN} AS stranger),
{_count("strangers", "(SELECT c.own AND c.client AND c.stranger FROM counted c)")}
SELECT CASE WHEN NOT own THEN greatest(1, {_OPEN_AGAIN.format("own")})
  WHEN NOT client THEN greatest(1, {_OPEN_AGAIN.format("client")})
  WHEN stranger AND NOT EXISTS (SELECT FROM strangers) THEN greatest(1, {_OPEN_AGAIN.format("strangers")})
  ELSE 0 END::float8 FROM counted"""  # noqa: S608
"""Count one try of up to three keys, each only where the one before had a try left, and return 0, or the seconds until
there is one again. Rows are locked in that order, here and in FORGIVE, so that nobody waits for one another.

Binds own, client, strangers (bytea or NULL), their `…_gap` and the window in seconds, and known: with that in
`known_clients`, strangers is not asked."""

FORGIVE: Final = f"""
WITH locked AS (
  SELECT key FROM lms_tui.throttle WHERE key IN (%(own)s, %(client)s) ORDER BY key = %(client)s FOR UPDATE
), back AS (
  UPDATE lms_tui.throttle t SET full_at = t.full_at - t.gap FROM locked WHERE t.key = locked.key
), entered AS ({ENTER})
INSERT INTO lms_tui.known_clients AS k (key, until)
SELECT %(known)s::bytea, clock_timestamp() + interval '{KNOWN_DAYS} days' WHERE %(known)s::bytea IS NOT NULL
ON CONFLICT (key) DO UPDATE SET until = EXCLUDED.until WHERE k.until < EXCLUDED.until - interval '1 day'"""  # noqa: S608
"""Take the try of own and client back, after a success, and remember known; what is known already is written once a
day. Binds own, client, known (bytea or NULL), and what ENTER does: who came in is recorded at once."""


def _pruned(table: str, until: str) -> str:
    return f"""DELETE FROM lms_tui.{table} WHERE key IN (
  SELECT key FROM lms_tui.{table} WHERE {until} < clock_timestamp()
    OR key IN (SELECT key FROM lms_tui.{table} ORDER BY {until} DESC OFFSET {MOST_ROWS})
  FOR UPDATE SKIP LOCKED)"""  # noqa: S608


PRUNE: Final = (_pruned("throttle", "full_at"), _pruned("known_clients", "until"))
"""Forget what is over, and of what is too much that which is over first: whoever tries most is forgotten last."""
