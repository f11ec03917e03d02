"""Turns with the mentor: who has one now, and what was used of a day's tokens. Days are UTC's.

All that takes a turn, or ends those of workers that have gone, goes through one lock, shortly: so that the most turns
at once hold, whoever comes. Usage of a worker that has gone is counted by whoever comes next, as far as its row told.
"""

from typing import Final

LOCK: Final = "SELECT pg_advisory_xact_lock(0x6c6d7354, 12)"
"""Let nobody else take or sweep turns until the transaction ends."""

_DAY: Final = "(clock_timestamp() AT TIME ZONE 'UTC')::date"

_USE: Final = f"""
INSERT INTO lms_tui.mentor_usage AS u (user_id, day, tokens)
SELECT gone.user_id, {_DAY}, gone.tokens FROM gone WHERE gone.tokens > 0
ON CONFLICT (user_id, day) DO UPDATE SET tokens = u.tokens + EXCLUDED.tokens"""  # noqa: S608 - constants only

SWEEP: Final = f"""
WITH gone AS (
  DELETE FROM lms_tui.mentor_streams WHERE seen_at < clock_timestamp() - make_interval(secs => %(stale)s)
  RETURNING user_id, tokens
)
{_USE}"""  # noqa: S608
"""End the turns of workers that have gone. Binds stale (seconds)."""

TURNS: Final = "SELECT turn FROM lms_tui.mentor_streams"
"""All turns that there are."""

SWEEP_THESE: Final = f"""
WITH gone AS (
  DELETE FROM lms_tui.mentor_streams WHERE turn = ANY(%(turns)s) RETURNING user_id, tokens
)
{_USE}"""  # noqa: S608
"""End these turns, whose workers have gone. Binds turns."""

USED_TODAY: Final = f"""coalesce((
  SELECT tokens FROM lms_tui.mentor_usage WHERE user_id = %(user)s AND day = {_DAY}), 0)"""  # noqa: S608
"""The tokens that the user has used today."""

STANDING: Final = f"""
SELECT (SELECT count(*) FROM lms_tui.mentor_streams),
  EXISTS (SELECT FROM lms_tui.mentor_streams WHERE user_id = %(user)s),
  {USED_TODAY}, ({_DAY} + 1)::timestamp AT TIME ZONE 'UTC'"""  # noqa: S608
"""How many turns there are, whether the user has one, what they used today, and when the next day begins."""

TAKE: Final = """
INSERT INTO lms_tui.mentor_streams (user_id, turn, tokens, seen_at)
VALUES (%(user)s, %(turn)s, %(tokens)s, clock_timestamp()) ON CONFLICT DO NOTHING RETURNING turn"""

KEEP: Final = """
UPDATE lms_tui.mentor_streams SET tokens = %(tokens)s, seen_at = clock_timestamp()
WHERE user_id = %(user)s AND turn = %(turn)s"""

END: Final = f"""
WITH gone AS (
  DELETE FROM lms_tui.mentor_streams WHERE user_id = %(user)s AND turn = %(turn)s
  RETURNING user_id, %(tokens)s::bigint AS tokens
)
{_USE}"""  # noqa: S608
"""End a turn and count what it used: once, also where another has swept it meanwhile."""

CLOCK: Final = f"SELECT {_DAY}, ({_DAY} + 1)::timestamp AT TIME ZONE 'UTC'"
"""The day, and when the next begins."""

PRUNE: Final = f"DELETE FROM lms_tui.mentor_usage WHERE user_id = %(user)s AND day < {_DAY} - 40"  # noqa: S608
"""Forget what nobody asks any more."""
