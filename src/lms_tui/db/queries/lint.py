"""A whole course as lint reads it: one statement, one JSON value."""

from typing import Final

from lms_tui.db.queries.catalog import LESSON_TYPE

COURSE: Final = f"""
SELECT json_build_object('title', c.title, 'chapters', coalesce((
  SELECT json_agg(json_build_object('id', ch.id, 'title', ch.title, 'lessons', coalesce((
    SELECT json_agg(json_build_object(
      'id', l.id, 'title', l.title, 'type', {LESSON_TYPE}, 'text', coalesce(l.description, ''),
      'threshold', l.threshold_score, 'attempts_limit', l.attempts_limit, 'cooldown', l.quiz_cooldown_in_hours,
      'file', coalesce(l.file_s3_key, ''), 'external', l.is_external IS TRUE,
      'mentor', m.id IS NOT NULL, 'objectives', coalesce(m.learning_objectives, ''),
      'questions', coalesce((
        SELECT json_agg(json_build_array(q.id, q.type, q.title, coalesce(q.description, ''), q.points, coalesce((
          SELECT json_agg(json_build_array(o.id, o.option_text, o.is_correct, o.display_order)
            ORDER BY o.display_order NULLS LAST, o.created_at, o.id)
          FROM question_answer_options o WHERE o.question_id = q.id), '[]'::json))
          ORDER BY q.display_order NULLS LAST, q.created_at, q.id)
        FROM questions q WHERE q.lesson_id = l.id AND q.archived IS NOT TRUE), '[]'::json))
      ORDER BY l.display_order NULLS LAST, l.created_at, l.id)
    FROM lessons l LEFT JOIN LATERAL (
      SELECT a.id, a.learning_objectives FROM ai_mentor_lessons a WHERE a.lesson_id = l.id
      ORDER BY a.created_at, a.id LIMIT 1) m ON true
    WHERE l.chapter_id = ch.id), '[]'::json))
    ORDER BY ch.display_order NULLS LAST, ch.created_at, ch.id)
  FROM chapters ch WHERE ch.course_id = c.id AND ch.archived IS NOT TRUE), '[]'::json))::text
FROM courses c WHERE c.id = %(course)s AND (c.author_id = %(user)s OR %(admin)s)"""  # noqa: S608 - a constant
"""Binds course, user and admin; no row where the course is missing or somebody else's."""
