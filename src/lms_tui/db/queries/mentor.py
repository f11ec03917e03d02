"""A learner's conversation with the mentor: the statements of asking and answering.

All that writes threads takes the enrolment's lock first (`queries.progress`), which lets one learner's writes in one
course through one at a time: so one thread is active, however many terminals ask at once. An answer's row is written
while it comes; `model_version` ends in `!cut` until it is whole, so that what stands is true whatever ends the service.
"""

from typing import Final

from lms_tui.db.queries import mentor_threads
from lms_tui.db.queries.mentor_threads import ABOVE, ACCESS, IS_ACTIVE, MESSAGE_JSON, THERE, THREAD_JSON

ENDED_BADLY: Final = "!cut"
"""How the `model_version` of an answer ends that is not whole (domain.md, a message)."""

PLACE: Final = f"""
SELECT {ACCESS} FROM lessons l {ABOVE} WHERE l.id = %(lesson)s AND {THERE}"""  # noqa: S608 - constants only, as here
"""Who may. Binds user, lesson."""

ACTIVE: Final = f"SELECT t.id {mentor_threads.ACTIVE.format(lesson='%(lesson)s')}"
"""The one thread that questions go to. Binds user, lesson."""

NAMED: Final = f"""
SELECT t.user_id, t.lesson_id, {IS_ACTIVE} FROM ai_mentor_threads t WHERE t.id = %(thread)s"""  # noqa: S608

ASKED: Final = """
SELECT t.user_id, t.lesson_id, t.id, m.role, m.content
FROM ai_mentor_thread_messages m JOIN ai_mentor_threads t ON t.id = m.thread_id WHERE m.id = %(message)s"""
"""Whose message it is and what it says."""

ADD: Final = """
INSERT INTO ai_mentor_thread_messages (id, created_at, updated_at, thread_id, role, content)
SELECT %(message)s, now.now, now.now, %(thread)s, 'user', %(text)s FROM (SELECT clock_timestamp() AS now) now
ON CONFLICT DO NOTHING RETURNING id"""

TOUCH: Final = "UPDATE ai_mentor_threads SET updated_at = clock_timestamp() WHERE id = %(thread)s"

TOLD: Final = f"""
SELECT {THREAD_JSON}::text, {MESSAGE_JSON}::text,
  (SELECT coalesce(array_agg(k.id), '{{}}') FROM ai_mentor_thread_messages k
   WHERE k.thread_id = t.id AND k.role = 'assistant' AND (k.created_at, k.id) > (m.created_at, m.id))
FROM ai_mentor_thread_messages m JOIN ai_mentor_threads t ON t.id = m.thread_id
WHERE m.id = %(message)s AND t.user_id = %(user)s"""  # noqa: S608
"""A question and its thread as the wire has them, and the ids of what the mentor said after it."""

BEFORE: Final = """
SELECT m.id, m.created_at, m.role, m.content, m.model_version
FROM ai_mentor_thread_messages m JOIN ai_mentor_thread_messages e ON e.id = %(edited)s AND e.thread_id = m.thread_id
WHERE m.thread_id = %(of)s AND (m.created_at, m.id) < (e.created_at, e.id) ORDER BY m.created_at, m.id"""
"""What was said in the thread `of` before the message `edited`, as far back as it goes."""

COPY: Final = """
INSERT INTO ai_mentor_thread_messages (id, created_at, updated_at, thread_id, role, content, model_version)
SELECT n.id, n.at, clock_timestamp(), %(thread)s, n.role, n.text, n.model
FROM unnest(%(ids)s::uuid[], %(times)s::timestamptz[], %(roles)s::text[], %(texts)s::text[], %(models)s::text[])
  AS n(id, at, role, text, model)"""
"""Copies cost nothing once more: their `tokens_used` stays NULL."""

QUESTION: Final = f"""
SELECT {ACCESS}, l.id, t.id, {IS_ACTIVE},
  NOT EXISTS (SELECT FROM ai_mentor_thread_messages k
    WHERE k.thread_id = t.id AND k.role = 'user' AND (k.created_at, k.id) > (m.created_at, m.id)),
  (SELECT {MESSAGE_JSON}::text FROM ai_mentor_thread_messages m
   WHERE m.id = %(answer)s AND m.thread_id = t.id AND m.role = 'assistant')
FROM ai_mentor_thread_messages m JOIN ai_mentor_threads t ON t.id = m.thread_id AND t.user_id = %(user)s
JOIN lessons l ON l.id = t.lesson_id {ABOVE}
WHERE m.id = %(message)s AND m.role = 'user' AND {THERE}"""  # noqa: S608
"""A question of the user's with where it stands, whether it is the last of its thread, and the answer of that id, if
there is one. Binds user, message, answer."""

HISTORY: Final = """
SELECT id, lower(role), content, model_version FROM (
  SELECT m.*, sum(octet_length(m.content)) OVER (ORDER BY m.created_at DESC, m.id DESC) AS bytes
  FROM ai_mentor_thread_messages m WHERE m.thread_id = %(thread)s
) m WHERE bytes - octet_length(content) < %(bytes)s OR (role = 'system' AND starts_with(content, 'summary:'))
  OR id::text IN (SELECT substring(s.content FROM '^summary:1 upto=([0-9a-f-]{36})\n')
    FROM ai_mentor_thread_messages s WHERE s.thread_id = %(thread)s AND s.role = 'system')
ORDER BY created_at, id"""
"""What was said in a thread, as much of the newest as makes `bytes`, and every summary there is with its last message:
by that it is known as one of this thread."""

ADD_SUMMARY: Final = """
INSERT INTO ai_mentor_thread_messages
  (id, created_at, updated_at, thread_id, role, content, tokens_used, model_version)
SELECT %(own)s, now.now, now.now, u.thread_id, 'system', %(text)s, %(tokens)s, nullif(%(model)s, '')
FROM (SELECT clock_timestamp() AS now) now
JOIN ai_mentor_thread_messages u ON u.id = %(upto)s AND u.thread_id = %(thread)s
ON CONFLICT DO NOTHING"""
"""A summary of a thread up to the message `upto`, where that message still stands; a second one is none."""

BEGIN_ANSWER: Final = """
INSERT INTO ai_mentor_thread_messages (id, created_at, updated_at, thread_id, role, content, model_version)
SELECT %(answer)s, now.now, now.now, t.id, 'assistant', %(text)s, %(model)s
FROM (SELECT clock_timestamp() AS now) now JOIN ai_mentor_threads t ON t.id = %(thread)s
ON CONFLICT DO NOTHING RETURNING created_at"""

SET_ANSWER: Final = """
UPDATE ai_mentor_thread_messages SET content = %(text)s, model_version = %(model)s, tokens_used = %(tokens)s,
  updated_at = clock_timestamp()
WHERE id = %(answer)s RETURNING id"""
