"""The people that administrators see: pages by address, counts, one person.

In the order of `lms_tui_users_email_lower`. A search finds names by `lms_tui_users_names`, and a piece of an address by
reading the addresses once.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from lms_tui.db.queries.credentials import UNUSABLE
from lms_tui.db.queries.search import NAMES, Way, fold
from lms_tui.wire.catalog import PageSize
from lms_tui.wire.people import Show

_CAME: Final = "EXISTS (SELECT FROM credentials c WHERE c.user_id = u.id)"
_INVITED: Final = (
    f"u.archived IS NOT TRUE AND NOT {_CAME} AND lower(u.email) IN (SELECT lower(t.email) FROM create_tokens t)"  # noqa: S608
)
_SHOW: Final[dict[Show, str]] = {
    Show.PRESENT: " AND u.archived IS NOT TRUE",
    Show.INVITED: f" AND {_INVITED}",
    Show.ARCHIVED: " AND u.archived IS TRUE",
    Show.ALL: "",
}
_MEMBERS: Final = """
 AND u.id IN (SELECT m.user_id FROM group_users m JOIN groups g ON g.id = m.group_id
  WHERE g.id::text = lower(%(group)s) OR lower(g.name) = lower(%(group)s))"""
_WORDS: Final = f"""
SELECT string_agg(quote_literal(word) || ':*', ' & ')::tsquery
FROM unnest(string_to_array({fold("%(search)s::text")}, ' ')) word WHERE word <> ''"""  # noqa: S608 - constants only
# The fence keeps PostgreSQL to the index of names, whose expression it takes for cheap.
_FOUND: Final = f"""
 AND u.id IN (
  SELECT id FROM (SELECT id FROM users WHERE {NAMES} @@ ({_WORDS}) OFFSET 0) named
  UNION ALL SELECT id FROM users WHERE strpos(lower(email), lower(%(search)s)) > 0)"""  # noqa: S608

CAN_SIGN_IN: Final = f"""
(upper(a.role) = 'ADMIN' AND a.archived IS NOT TRUE AND (a.email = %(owner)s OR EXISTS (
  SELECT FROM credentials c WHERE c.user_id = a.id
  AND (c.password_hash <> '{UNUSABLE}' OR (SELECT coalesce(bool_or(enforce_sso), false) FROM settings)))))"""  # noqa: S608
"""Whether `a` is an administrator who can sign in: with a password, where sign-in is by SSO alone by that, or as the
machine's owner. Binds owner, NULL where there is none."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """By what the people are narrowed."""

    show: Show = Show.ALL
    searched: bool = False
    by_role: bool = False
    by_group: bool = False

    @property
    def where(self) -> str:
        """The condition on the people `u`. Binds search, role and group as needed."""
        role = " AND upper(u.role) = %(role)s" if self.by_role else ""
        return f"true{_SHOW[self.show]}{role}{_MEMBERS * self.by_group}{_FOUND * self.searched}"


@cache
def page(way: Way, size: PageSize, narrow: Narrow) -> str:
    """Return the statement of one kind of page: one person more than `size`, so that an end is seen.

    Its columns are the fields of `wire.people.PersonLine`, then the key of the order. Binds what `narrow` needs, and
    for `after` and `before` key and id. `before` and `last` come in reversed order.
    """
    turn, sign = (" DESC", "<") if way in ("before", "last") else ("", ">")
    place = f" AND (lower(u.email), u.id) {sign} (%(key)s, %(id)s)" if way in ("after", "before") else ""
    order = f"lower(u.email){turn}, u.id{turn}"
    return f"""
WITH page AS MATERIALIZED (
  SELECT u.* FROM users u WHERE {narrow.where}{place} ORDER BY {order} LIMIT {size.value + 1}
)
SELECT u.id, u.email, u.first_name, u.last_name, u.role, u.archived IS TRUE, CASE WHEN NOT {_CAME} THEN t.ends END,
  ARRAY(SELECT g.name FROM group_users m JOIN groups g ON g.id = m.group_id WHERE m.user_id = u.id
    AND g.archived IS NOT TRUE ORDER BY g.name, g.id),
  (SELECT count(*) FROM student_courses sc WHERE sc.user_id = u.id), lower(u.email)
FROM page u
LEFT JOIN (SELECT lower(email) AS address, max(expires_at) AS ends FROM create_tokens GROUP BY 1) t
  ON t.address = lower(u.email)
ORDER BY {order}"""  # noqa: S608 - constants of this module only


@cache
def counts(narrow: Narrow) -> str:
    """Return the statement of the counts, in the order of `wire.people.Counts`. Binds what `narrow` needs."""
    present = "u.archived IS NOT TRUE"
    return f"""
SELECT count(*) FILTER (WHERE {present}),
  count(*) FILTER (WHERE {present} AND upper(u.role) NOT IN ('CONTENT_CREATOR', 'ADMIN')),
  count(*) FILTER (WHERE {present} AND upper(u.role) = 'CONTENT_CREATOR'),
  count(*) FILTER (WHERE {present} AND upper(u.role) = 'ADMIN'),
  count(*) FILTER (WHERE {_INVITED}),
  count(*) FILTER (WHERE u.archived IS TRUE)
FROM users u WHERE {narrow.where}"""  # noqa: S608 - constants of this module only


PERSON: Final = f"""
SELECT json_build_object(
  'id', u.id, 'email', u.email, 'first_name', u.first_name, 'last_name', u.last_name, 'role', u.role,
  'archived', u.archived IS TRUE, 'created_at', u.created_at, 'has_come', {_CAME},
  'invitation', CASE WHEN NOT {_CAME} THEN (
    SELECT json_build_object('expires_at', t.expires_at, 'reminders', coalesce(t.reminder_count, 0))
    FROM create_tokens t WHERE lower(t.email) = lower(u.email) ORDER BY t.expires_at DESC LIMIT 1) END,
  'groups', coalesce((
    SELECT json_agg(json_build_object('id', g.id, 'name', g.name) ORDER BY g.name, g.id)
    FROM group_users m JOIN groups g ON g.id = m.group_id WHERE m.user_id = u.id AND g.archived IS NOT TRUE
  ), '[]'::json),
  'enrolments', coalesce((
    SELECT json_agg(json_build_object(
      'course_id', c.id, 'title', c.title, 'enrolled_at', sc.enrolled_at, 'completed_at', sc.completed_at,
      'completed_lessons', n.done, 'lessons', n.lessons) ORDER BY c.title, c.id)
    FROM student_courses sc JOIN courses c ON c.id = sc.course_id
    CROSS JOIN LATERAL (
      SELECT count(*) AS lessons, count(*) FILTER (WHERE lp.is_completed) AS done
      FROM chapters ch JOIN lessons l ON l.chapter_id = ch.id
      LEFT JOIN student_lesson_progress lp ON lp.lesson_id = l.id AND lp.user_id = u.id
      WHERE ch.course_id = c.id AND ch.archived IS NOT TRUE
    ) n WHERE sc.user_id = u.id), '[]'::json),
  'teaches', (SELECT count(*) FROM courses c WHERE c.author_id = u.id),
  'open_attempts', (SELECT count(*) FROM quiz_attempts t WHERE t.user_id = u.id AND t.completed_at IS NULL),
  'last_activity', greatest(
    (SELECT max(lp.updated_at) FROM student_lesson_progress lp WHERE lp.user_id = u.id),
    (SELECT max(coalesce(t.completed_at, t.created_at)) FROM quiz_attempts t WHERE t.user_id = u.id)),
  'only_admin', upper(u.role) = 'ADMIN' AND u.archived IS NOT TRUE
    AND NOT EXISTS (SELECT FROM users a WHERE a.id <> u.id AND {CAN_SIGN_IN})
)::text, u.email
FROM users u WHERE u.id = %(id)s OR lower(u.email) = lower(%(email)s)
ORDER BY u.email = %(email)s DESC NULLS LAST LIMIT 2"""  # noqa: S608 - constants only
"""The fields of `wire.people.Person` as JSON text, and the address. Binds id, email (one of them NULL), owner."""
