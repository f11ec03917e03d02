"""Threads with a mentor: a page of one, the list of a lesson's, opening the mentor; each read in one statement.

Only what the learner and the mentor said is read: rows of any other role (`system`: summaries, prompts of another
program) reach nobody, nor does an answer without a word. A page is the newest messages before one that is known, fewer
of them where they are very long. With it come the ids of all answers since its first message, by which
`rules.mentor_threads.tries` counts: those to the last question of a page may stand behind it.
"""

from typing import Final
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries.blank import trimmed
from lms_tui.db.queries.catalog import LESSON_TYPE, VISIBLE
from lms_tui.db.queries.course_statistics import NAME
from lms_tui.db.queries.quizzes import together
from lms_tui.db.queries.scalar import scalar
from lms_tui.db.queries.statistics import COUNTS
from lms_tui.rules.mentor_facts import MOST_GROUPS, MOST_WRONG
from lms_tui.wire.mentor import MOST_TRIES
from lms_tui.wire.mentor_threads import MESSAGES_AT_ONCE, THREADS_AT_ONCE

_PAGE_BYTES: Final = 512 * 1024
"""A page has no further message when those that it has are as long as this."""
_LONGEST: Final = 256 * 1024
"""Characters of one message; ours have fewer, another program's is cut."""
_FIRST_WORDS: Final = 200

IS_ACTIVE: Final = "t.is_active IS NOT FALSE"
SAID: Final = "lower(m.role) IN ('user', 'assistant') AND m.content <> ''"
_AT: Final = "coalesce(m.created_at, 'epoch')"
BEGUN: Final = "coalesce(t.created_at, 'epoch')"
_FIRST: Final = f"""
SELECT left(m.content, {_FIRST_WORDS}) FROM ai_mentor_thread_messages m
WHERE m.thread_id = t.id AND lower(m.role) = 'user' ORDER BY {_AT}, m.id LIMIT 1"""  # noqa: S608 - constants only

THREAD_JSON: Final = f"""json_build_object('id', t.id, 'lesson_id', t.lesson_id, 'title', coalesce(t.thread_title, ''),
  'active', {IS_ACTIVE}, 'created_at', {BEGUN}, 'updated_at', coalesce(t.updated_at, {BEGUN}))"""
LINE_JSON: Final = f"""json_build_object('thread', {THREAD_JSON},
  'messages', (SELECT count(*) FROM ai_mentor_thread_messages m WHERE m.thread_id = t.id AND {SAID}),
  'begins', coalesce(({_FIRST}), ''))"""  # noqa: S608
"""A `ThreadLine` of the thread `t`."""
NEWEST_FIRST: Final = f"{BEGUN} DESC, t.id DESC"
ACTIVE: Final = f"""
FROM ai_mentor_threads t WHERE t.user_id = %(user)s AND t.lesson_id = {{lesson}} AND {IS_ACTIVE}
ORDER BY {NEWEST_FIRST} LIMIT 1"""
"""Behind a SELECT: the one thread `t` of a `lesson` that questions go to. Binds user."""
WORTH_LISTING: Final = f"""({IS_ACTIVE} OR EXISTS (
  SELECT FROM ai_mentor_thread_messages m WHERE m.thread_id = t.id AND {SAID}))"""

MESSAGE_JSON: Final = f"""json_build_object('id', m.id, 'role', lower(m.role), 'created_at', {_AT},
  'text', CASE WHEN octet_length(m.content) > {4 * _LONGEST} THEN left(m.content, {_LONGEST}) || '…' ELSE m.content END,
  'tokens', CASE lower(m.role) WHEN 'assistant' THEN m.tokens_used END,
  'model', CASE lower(m.role) WHEN 'assistant' THEN nullif(regexp_replace(m.model_version, '!cut$', ''), '') END,
  'cut', coalesce(m.model_version LIKE '%%!cut', false))"""
"""A `Message` of the message `m`, but for its tries."""

PAGE: Final = f"""
LATERAL (
  WITH found AS MATERIALIZED (
    SELECT m.*, {_AT} AS at, row_number() OVER newest AS number,
      sum(octet_length(m.content)) OVER newest - octet_length(m.content) AS before
    FROM ai_mentor_thread_messages m
    WHERE m.thread_id = t.id AND {SAID} AND (%(before)s::uuid IS NULL OR ({_AT}, m.id) < (
      SELECT {_AT}, m.id FROM ai_mentor_thread_messages m WHERE m.id = %(before)s AND m.thread_id = t.id))
    WINDOW newest AS (ORDER BY {_AT} DESC, m.id DESC) ORDER BY number LIMIT {MESSAGES_AT_ONCE + 1}
  ),
  page AS MATERIALIZED (SELECT * FROM found WHERE number <= {MESSAGES_AT_ONCE} AND before < {_PAGE_BYTES})
  SELECT coalesce((SELECT json_agg({MESSAGE_JSON} ORDER BY m.number DESC) FROM page m), '[]'::json)::text AS messages,
    (SELECT count(*) FROM found) > (SELECT count(*) FROM page) AS earlier,
    ARRAY(SELECT m.id FROM ai_mentor_thread_messages m, (SELECT at, id FROM page ORDER BY number DESC LIMIT 1) first
      WHERE m.thread_id = t.id AND lower(m.role) = 'assistant' AND ({_AT}, m.id) > (first.at, first.id)
      ORDER BY {_AT}, m.id LIMIT {MESSAGES_AT_ONCE * MOST_TRIES}) AS answers
)"""  # noqa: S608
"""To be joined to the thread `t`: messages, whether there are earlier ones, ids of answers. Binds before."""
KNOWS_PLACE: Final = """(%(before)s::uuid IS NULL OR EXISTS (
  SELECT FROM ai_mentor_thread_messages m WHERE m.id = %(before)s AND m.thread_id = t.id))"""
"""Whether the message `before` is one of the thread `t`."""

ABOVE: Final = """JOIN chapters ch ON ch.id = l.chapter_id JOIN courses c ON c.id = ch.course_id
LEFT JOIN student_courses sc ON sc.course_id = c.id AND sc.user_id = %(user)s
LEFT JOIN ai_mentor_lessons ml ON ml.lesson_id = l.id"""
"""What stands above the lesson `l` and beside it. Binds user."""
THERE: Final = "ch.archived IS NOT TRUE"
"""Whether the lesson is there for its learners."""
ACCESS: Final = f"({VISIBLE}), sc.id IS NOT NULL, ml.id IS NOT NULL"
"""What `service.mentor.check_mentor` is told: whether the course is visible, the user enrolled, and a mentor there."""

THREAD: Final = f"""
SELECT {THREAD_JSON}::text, l.title, c.title, p.messages, p.earlier, p.answers
FROM ai_mentor_threads t JOIN lessons l ON l.id = t.lesson_id JOIN chapters ch ON ch.id = l.chapter_id
JOIN courses c ON c.id = ch.course_id CROSS JOIN {PAGE} p
WHERE t.id = %(thread)s AND t.user_id = %(user)s AND {KNOWS_PLACE}"""  # noqa: S608
"""A page of the learner's own thread, wherever its lesson is by now. Binds thread, user, before."""

THREADS: Final = f"""
SELECT {ACCESS}, ch.archived IS TRUE, l.title, c.title, coalesce((
    SELECT json_agg({LINE_JSON} ORDER BY {NEWEST_FIRST}) FROM (
      SELECT * FROM ai_mentor_threads t
      WHERE t.user_id = %(user)s AND t.lesson_id = l.id AND {WORTH_LISTING}
        AND (%(before)s::uuid IS NULL OR ({BEGUN}, t.id) < (
          SELECT {BEGUN}, t.id FROM ai_mentor_threads t
          WHERE t.id = %(before)s AND t.user_id = %(user)s AND t.lesson_id = l.id))
      ORDER BY {NEWEST_FIRST} LIMIT {THREADS_AT_ONCE + 1}) t), '[]'::json)::text,
  %(before)s::uuid IS NULL OR EXISTS (
    SELECT FROM ai_mentor_threads t WHERE t.id = %(before)s AND t.user_id = %(user)s AND t.lesson_id = l.id)
FROM lessons l {ABOVE}
WHERE l.id = %(lesson)s"""  # noqa: S608
"""Who may, whether the lesson is gone, titles, one thread more than a page has, whether `before` is one of them. Binds
user, lesson, before."""

_WRONG: Final = f"""
SELECT count(*) FROM (
  SELECT FROM chapters k JOIN lessons o ON o.chapter_id = k.id
  CROSS JOIN LATERAL (
    SELECT t.id FROM quiz_attempts t WHERE t.user_id = %(user)s AND t.lesson_id = o.id AND {COUNTS}
    ORDER BY t.completed_at DESC, t.id DESC LIMIT 1) n
  CROSS JOIN LATERAL (
    SELECT s.question_id FROM student_question_answers s WHERE s.quiz_attempt_id = n.id
    GROUP BY s.question_id HAVING bool_or(s.is_correct) IS FALSE) w
  JOIN questions q ON q.id = w.question_id AND q.archived IS NOT TRUE
  WHERE k.course_id = c.id AND k.archived IS NOT TRUE LIMIT {MOST_WRONG}) w"""  # noqa: S608
_GROUPS: Final = f"""
SELECT g.id, g.name FROM group_users gu JOIN groups g ON g.id = gu.group_id
WHERE gu.user_id = u.id AND g.archived IS NOT TRUE AND {trimmed("g.characteristic")} <> ''
ORDER BY g.name, g.id LIMIT {MOST_GROUPS}"""  # noqa: S608
"""These two count and name what `mentor_facts.FACTS` tells; a test holds them against each other."""

OPEN: Final = f"""
SELECT {ACCESS}, {LESSON_TYPE}, ml.learning_objectives, json_build_object(
    'lesson_id', l.id, 'lesson_title', l.title, 'course_id', c.id, 'course_title', c.title,
    'instructor', coalesce(nullif({NAME.format("a")}, ''), a.email),
    'sees', json_build_object('first_name', coalesce({trimmed("u.first_name")}, ''), 'wrong_answers', ({_WRONG}),
      'groups', coalesce((SELECT json_agg(g.name ORDER BY g.name, g.id) FROM ({_GROUPS}) g), '[]'::json)),
    'threads', (SELECT count(*) FROM ai_mentor_threads t
      WHERE t.user_id = u.id AND t.lesson_id = l.id AND {WORTH_LISTING}),
    'thread', CASE WHEN t.id IS NOT NULL THEN {THREAD_JSON} END)::text,
  p.messages, p.earlier, p.answers
FROM lessons l {ABOVE} JOIN users a ON a.id = c.author_id JOIN users u ON u.id = %(user)s
LEFT JOIN LATERAL (SELECT * {ACTIVE.format(lesson="l.id")}) t ON true
LEFT JOIN {PAGE} p ON true
WHERE l.id = %(lesson)s AND {THERE}"""  # noqa: S608
"""Who may; the lesson's type and objectives, which tell whether a check can be asked; the reply but for that and its
messages, and those. Binds user, lesson, and a NULL before."""

_RENAME: Final = f"""
UPDATE ai_mentor_threads t SET thread_title = nullif(%(title)s, ''), updated_at = clock_timestamp()
WHERE t.id = %(thread)s AND t.user_id = %(user)s RETURNING {THREAD_JSON}::text"""  # noqa: S608

_FIND: Final = f"""
SELECT t.user_id, t.lesson_id, {THREAD_JSON}::text FROM ai_mentor_threads t WHERE t.id = %(thread)s"""  # noqa: S608

_CLOSE: Final = f"""
UPDATE ai_mentor_threads t SET is_active = false, updated_at = clock_timestamp()
WHERE t.user_id = %(user)s AND t.lesson_id = %(lesson)s AND {IS_ACTIVE}"""  # noqa: S608

_BEGIN: Final = """
INSERT INTO ai_mentor_threads (id, created_at, updated_at, user_id, lesson_id, thread_title, is_active)
SELECT %(thread)s, now.now, now.now, %(user)s, %(lesson)s,
  (SELECT thread_title FROM ai_mentor_threads WHERE id = %(of)s), true FROM (SELECT clock_timestamp() AS now) now
ON CONFLICT DO NOTHING RETURNING id"""


async def rename(tx: AsyncConnection, user: UUID, thread: UUID, title: str) -> str | None:
    """Give a thread of `user` the title, and return it as JSON text; None where it is not theirs."""
    found: str | None = await scalar(tx, _RENAME, {"user": user, "thread": thread, "title": title})
    return found


async def find(tx: AsyncConnection, thread: UUID) -> tuple[UUID, UUID, str] | None:
    """Return whose a thread is, the lesson that it is about, and itself as JSON text."""
    row = await (await tx.execute(_FIND, {"thread": thread})).fetchone()
    return None if row is None else (row[0], row[1], row[2])


async def begin(tx: AsyncConnection, user: UUID, lesson: UUID, thread: UUID, of: UUID | None = None) -> bool:
    """Begin a thread, with the title of the thread `of`, and close those that are active; False, and no thread is
    begun, where the id is taken.

    The learner's enrolment has to be locked, so that of two at once one sees what the other began.
    """
    values = {"user": user, "lesson": lesson, "thread": thread, "of": of}
    _, made = await together(tx, (_CLOSE, values), (_BEGIN, values))
    return bool(made)
