"""What the mentor is told of a lesson and its learner, in one statement as one JSON value.

A model tells whoever asks it what it has seen, whatever it was told to keep. So this statement holds what the learner
may know or what the lesson's author wrote for the mentor, and nothing else: of a question its title and what the
learner answered, never an option that was not chosen, an accepted text, or which one is right; of people, the
learner's first name and what is said of their groups, nothing of anybody else.

A question is wrong as in practice: the newest attempt of its quiz that counts decides.
"""

from typing import Final
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from lms_tui.db.queries.blank import trimmed
from lms_tui.db.queries.scalar import scalar
from lms_tui.db.queries.statistics import COUNTS
from lms_tui.rules.mentor_facts import (
    LONGEST_ANSWER,
    LONGEST_GROUP,
    LONGEST_QUESTION,
    LONGEST_TEXT,
    LONGEST_WISH,
    MOST_GROUPS,
    MOST_WRONG,
    Facts,
    Wrong,
    answer_text,
    without_accepted,
)

_IS_BLANKS: Final = "lower(translate(q.type, '-_ ', '')) = 'fillblank'"
"""The options of such a question are its accepted texts: they are never read."""

FACTS: Final = f"""
WITH here AS (
  SELECT m.ai_prompt, m.learning_objectives, m.difficulty_level, l.title, l.description, ch.title AS chapter,
    ch.course_id, c.title AS course
  FROM ai_mentor_lessons m JOIN lessons l ON l.id = m.lesson_id
  JOIN chapters ch ON ch.id = l.chapter_id AND ch.archived IS NOT TRUE JOIN courses c ON c.id = ch.course_id
  WHERE m.lesson_id = %(lesson)s
),
newest AS (
  SELECT o.title AS lesson, a.id, a.completed_at
  FROM here h JOIN chapters k ON k.course_id = h.course_id AND k.archived IS NOT TRUE
  JOIN lessons o ON o.chapter_id = k.id
  CROSS JOIN LATERAL (
    SELECT t.id, t.completed_at FROM quiz_attempts t
    WHERE t.user_id = %(user)s AND t.lesson_id = o.id AND {COUNTS}
    ORDER BY t.completed_at DESC, t.id DESC LIMIT 1
  ) a
),
wrong AS (
  SELECT n.lesson, n.completed_at, q.id, q.display_order, q.title, {_IS_BLANKS} AS blanks, w.rows
  FROM newest n CROSS JOIN LATERAL (
    SELECT s.question_id, array_agg(s.id) AS rows FROM student_question_answers s
    WHERE s.quiz_attempt_id = n.id GROUP BY s.question_id HAVING bool_or(s.is_correct) IS FALSE
  ) w JOIN questions q ON q.id = w.question_id AND q.archived IS NOT TRUE
  ORDER BY n.completed_at DESC, q.display_order NULLS LAST, q.id LIMIT {MOST_WRONG}
)
SELECT json_build_object(
  'course', h.course, 'chapter', h.chapter, 'lesson', h.title,
  'text', left(coalesce(h.description, ''), {LONGEST_TEXT}),
  'ai_prompt', left(coalesce(h.ai_prompt, ''), {LONGEST_WISH}),
  'objectives', left(coalesce(h.learning_objectives, ''), {LONGEST_WISH}),
  'difficulty', coalesce(h.difficulty_level, ''),
  'first_name', (SELECT u.first_name FROM users u WHERE u.id = %(user)s),
  'groups', coalesce((
    SELECT json_agg(g.characteristic ORDER BY g.name, g.id) FROM (
      SELECT g.id, g.name, left(g.characteristic, {LONGEST_GROUP}) AS characteristic FROM groups g
      WHERE g.archived IS NOT TRUE AND {trimmed("g.characteristic")} <> '' AND EXISTS (
        SELECT FROM group_users gu WHERE gu.group_id = g.id AND gu.user_id = %(user)s OFFSET 0)
      ORDER BY g.name, g.id LIMIT {MOST_GROUPS}
    ) g), '[]'::json),
  'wrong', coalesce((
    SELECT json_agg(json_build_object('lesson', w.lesson, 'blanks', w.blanks, 'question', w.title,
      'brackets', w.blanks AND EXISTS (
        SELECT FROM question_answer_options x WHERE x.question_id = w.id AND x.option_text ~ '[][]'),
      'answers', coalesce((
        SELECT json_agg(json_build_array(CASE WHEN NOT w.blanks THEN left(p.option_text, {LONGEST_ANSWER}) END,
          left(s.answer_text, {LONGEST_ANSWER})) ORDER BY p.display_order NULLS LAST, s.created_at, s.id)
        FROM student_question_answers s LEFT JOIN question_answer_options p ON p.id = s.selected_option_id
        WHERE s.id = ANY(w.rows)), '[]'::json))
      ORDER BY w.completed_at DESC, w.display_order NULLS LAST, w.id)
    FROM wrong w), '[]'::json)
)::text
FROM here h WHERE EXISTS (SELECT FROM users u WHERE u.id = %(user)s)"""  # noqa: S608 - constants only
"""Binds user and lesson; no row where the lesson has no mentor."""


class _Missed(msgspec.Struct):
    lesson: str
    question: str
    blanks: bool
    brackets: bool
    """Whether an accepted text of its blanks has brackets; the text itself is not read."""
    answers: list[tuple[str | None, str | None]]

    def told(self) -> Wrong:
        title = without_accepted(self.question, brackets=self.brackets) if self.blanks else self.question
        return Wrong(self.lesson, title[:LONGEST_QUESTION], answer_text(self.answers))


class _Stored(msgspec.Struct):
    course: str
    chapter: str
    lesson: str
    text: str
    ai_prompt: str
    objectives: str
    difficulty: str
    first_name: str
    groups: list[str]
    wrong: list[_Missed]


_DECODER: Final = msgspec.json.Decoder(_Stored)


async def facts(connection: AsyncConnection, user: UUID, lesson: UUID) -> Facts | None:
    """Return what the mentor of `lesson` is told of it and of `user`; None for a lesson without a mentor.

    The lesson's text is as stored, Markdown or HTML. Who may talk with the mentor is the caller's to know.
    """
    found: str | None = await scalar(connection, FACTS, {"user": user, "lesson": lesson})
    if found is None:
        return None
    stored = _DECODER.decode(found)
    return Facts(**(msgspec.structs.asdict(stored) | {"wrong": [missed.told() for missed in stored.wrong]}))
