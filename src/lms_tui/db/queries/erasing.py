"""The rows of a person who is erased: their words go, what is counted stays (domain.md, a person's data).

The order matters. Attempts are closed before the person's row is locked whole, and once more behind it: who saves an
answer has the attempt locked, and finds it closed afterwards; who starts one waits for the person's row. So nothing
that was under way writes a word of theirs behind the erasure.
"""

from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries.credentials import UNUSABLE
from lms_tui.db.queries.quizzes import Step, together
from lms_tui.rules.erasing import BLOT, NAMES, address_of

_IN_WORDS: Final = """
a.user_id = %(user)s AND coalesce(s.answer_text, '') NOT IN ('', 'true', 'false', %(blot)s)
AND s.answer_text !~ '^[0-9]{1,3}$' AND NOT EXISTS (
  SELECT FROM question_answer_options o WHERE o.question_id = s.question_id AND o.option_text = s.answer_text)"""
"""Which answers say anything of a person: not a statement marked, a number on a scale, or the words of an option."""

FACTS: Final = f"""
SELECT json_build_object(
  'email', u.email,
  'answers', (SELECT count(*) FROM student_question_answers s JOIN quiz_attempts a ON a.id = s.quiz_attempt_id
    WHERE {_IN_WORDS}),
  'messages', (SELECT count(*) FROM ai_mentor_thread_messages m JOIN ai_mentor_threads t ON t.id = m.thread_id
    WHERE t.user_id = u.id AND lower(m.role) <> 'system' AND m.content <> %(blot)s),
  'attempts', (SELECT count(*) FROM quiz_attempts a WHERE a.user_id = u.id),
  'enrolments', (SELECT count(*) FROM student_courses sc WHERE sc.user_id = u.id),
  'groups', (SELECT count(*) FROM group_users g WHERE g.user_id = u.id),
  'courses', coalesce((SELECT json_agg(c.title ORDER BY c.title, c.id) FROM courses c WHERE c.author_id = u.id), '[]'),
  'has_password', coalesce((SELECT c.password_hash <> '{UNUSABLE}' FROM credentials c WHERE c.user_id = u.id
    ORDER BY c.updated_at DESC NULLS LAST, c.id LIMIT 1), false),
  'erased', u.email = %(address)s)::text
FROM users u WHERE u.id = %(user)s"""  # noqa: S608 - constants of this module only
"""The fields of `wire.erasing.ErasureFacts` as JSON text. Binds as `values`."""

TITLES: Final = "SELECT title FROM courses WHERE author_id = %(user)s ORDER BY title, id"

_CLOSE: Final = """
UPDATE quiz_attempts SET completed_at = clock_timestamp(), score = NULL, is_passed = false,
  updated_at = clock_timestamp() WHERE user_id = %(user)s AND completed_at IS NULL"""
"""An attempt without a score counts nowhere, as after a fresh start."""
_PERSON: Final = "SELECT email FROM users WHERE id = %(user)s FOR UPDATE"

_AUDIT: Final = """
UPDATE lms_tui.audit x
SET details = replace(x.details::text, to_jsonb(u.email)::text, to_jsonb(%(address)s::text)::text)::jsonb - 'client'
FROM users u WHERE u.id = %(user)s AND (strpos(x.details::text, to_jsonb(u.email)::text) > 0
  OR (x.subject_id = u.id AND x.details ? 'client'))"""
"""Where they came from, as `service.entries` tells it, goes too."""
_CODES: Final = """
SELECT id FROM reset_tokens WHERE user_id = %(user)s UNION ALL SELECT t.id FROM create_tokens t
JOIN users u ON lower(u.email) = lower(t.email) WHERE u.id = %(user)s"""

_ERASE: Final = (
    f"""
UPDATE student_question_answers s SET answer_text = %(blot)s, updated_at = clock_timestamp()
FROM quiz_attempts a WHERE a.id = s.quiz_attempt_id AND {_IN_WORDS}""",  # noqa: S608
    """
UPDATE ai_mentor_thread_messages m SET content = %(blot)s, updated_at = clock_timestamp()
FROM ai_mentor_threads t WHERE t.id = m.thread_id AND t.user_id = %(user)s""",
    """
UPDATE ai_mentor_threads SET thread_title = NULL, is_active = false, updated_at = clock_timestamp()
WHERE user_id = %(user)s""",
    """
UPDATE ai_mentor_student_lesson_progress SET learning_insights = NULL, recommended_actions = NULL,
  updated_at = clock_timestamp() WHERE user_id = %(user)s""",
    "DELETE FROM group_users WHERE user_id = %(user)s",
    "DELETE FROM lms_tui.reading_positions WHERE user_id = %(user)s",
    "DELETE FROM lms_tui.study_hours WHERE user_id = %(user)s",
    "DELETE FROM lms_tui.mentor_usage WHERE user_id = %(user)s",
    "DELETE FROM lms_tui.mentor_no_check WHERE user_id = %(user)s",
    "DELETE FROM lms_tui.sso_people WHERE user_id = %(user)s",
    "DELETE FROM lms_tui.sso_sign_ins WHERE user_id = %(user)s",
    f"DELETE FROM lms_tui.mail WHERE code_id IN ({_CODES})",  # noqa: S608
    "DELETE FROM reset_tokens WHERE user_id = %(user)s",
    """
DELETE FROM create_tokens t USING users u WHERE u.id = %(user)s AND lower(u.email) = lower(t.email)""",
    "DELETE FROM credentials WHERE user_id = %(user)s",
    "DELETE FROM lms_tui.throttle WHERE key = ANY(%(keys)s)",
    _AUDIT,
    """
UPDATE users SET email = %(address)s, first_name = %(first)s, last_name = %(last)s, avatar_reference = NULL,
  role = 'STUDENT', archived = true, updated_at = clock_timestamp() WHERE id = %(user)s""",
)
"""In this order: what is found by the address goes before the address does."""


def values(user: UUID, keys: list[bytes] | None = None) -> dict[str, Any]:
    """Return what the statements bind; `keys` are those under which tries with the address are counted."""
    first, last = NAMES
    return {
        "user": user,
        "address": address_of(user),
        "blot": BLOT,
        "first": first,
        "last": last,
        "keys": keys or [],
    }


async def lock(tx: AsyncConnection, user: UUID) -> None:
    """Close the person's attempts and lock their row whole, so that nobody writes for them any more."""
    bound = {"user": user}
    await together(tx, (_CLOSE, bound), (_PERSON, bound), (_CLOSE, bound))


async def erase(tx: AsyncConnection, user: UUID, keys: list[bytes]) -> None:
    """Erase the person, whose row is locked."""
    bound = values(user, keys)
    steps: list[Step] = [(statement, bound) for statement in _ERASE]
    await together(tx, *steps)
