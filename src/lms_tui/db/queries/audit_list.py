"""The audit as it is read, the newest first: all of it, of one person, of one kind.

Of one person by `audit_actor` and `audit_subject`, all else along `audit_at`.
"""

from functools import cache

from lms_tui.wire.audit import Entry
from lms_tui.wire.catalog import PageSize

_PERSON = f""" AND (a.actor_id = ANY(ARRAY(SELECT id FROM who)) OR a.subject_id = ANY(ARRAY(SELECT id FROM who))
  OR (a.action = '{Entry.FAILED}' AND a.details->>'tried' = %(tried)s))"""  # noqa: S608 - constants only
_KIND = " AND (a.action = %(kind)s OR starts_with(a.action, %(kind)s || '.'))"
_PLACE = " AND (a.at, a.id) < (%(at)s, %(id)s)"


@cache
def page(size: PageSize, *, by_person: bool, by_kind: bool, further: bool) -> str:
    """Return the statement of a page, with one row more than `size`, so that the end is seen.

    Its columns are the fields of `wire.audit.Record`. Binds who (id) or email, one of them NULL, and tried; kind; at
    and id of the row after which a page begins.
    """
    where = f"true{_PERSON * by_person}{_KIND * by_kind}{_PLACE * further}"
    who = "SELECT id FROM users WHERE lower(email) = lower(%(email)s::text) UNION ALL SELECT %(who)s::uuid"
    return f"""
WITH {f"who AS ({who})," * by_person} page AS MATERIALIZED (
  SELECT a.* FROM lms_tui.audit a WHERE {where} ORDER BY a.at DESC, a.id DESC LIMIT {size.value + 1}
)
SELECT a.id, a.at, a.action, a.actor_id, coalesce(u.email, ''), a.subject_id, coalesce(p.email, ''), a.object_id,
  coalesce(c.title, l.title, g.name, k.name, ''), coalesce(a.details->>'client', ''), coalesce(a.details->>'tried', '')
FROM page a
LEFT JOIN users u ON u.id = a.actor_id LEFT JOIN users p ON p.id = a.subject_id
LEFT JOIN courses c ON c.id = a.object_id LEFT JOIN lessons l ON l.id = a.object_id
LEFT JOIN groups g ON g.id = a.object_id LEFT JOIN categories k ON k.id = a.object_id
ORDER BY a.at DESC, a.id DESC"""  # noqa: S608 - constants of this module only
