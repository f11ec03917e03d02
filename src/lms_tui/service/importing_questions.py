"""The questions of one course into the database, by the rules of `service.question_editions`."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.courses.ids import lesson_id, option_id
from lms_tui.courses.model import Lesson, Report
from lms_tui.db.queries import courses as queries
from lms_tui.db.queries.courses import Rows
from lms_tui.service.course_source import Source
from lms_tui.service.question_editions import Choice, StandingQuestion, choices, in_order
from lms_tui.wire.courses import Level


async def write_questions(tx: AsyncConnection, source: Source, stands: queries.Standing, report: Report) -> set[UUID]:
    """Write questions and options, and put away what is gone or has a newer edition; return the lessons touched."""
    options = queries.by(stands.options, "question_id")
    standing = {key: _standing_question(row, options.get(key, ())) for key, row in stands.questions.items()}
    planned: list[tuple[UUID, Lesson, list[Choice]]] = []
    for lesson in source.course.lessons:
        own = lesson_id(source.course.id, lesson)
        planned.append((own, lesson, choices(own, lesson.questions, standing)))
    same = {choice.same for _, _, made in planned for choice in made}
    lessons = {own for own, _, _ in planned}
    open_rows = {key for key, row in stands.questions.items() if row["lesson_id"] in lessons and not row["archived"]}
    used = await queries.used_questions(tx, open_rows - same)

    rows: Rows = {}
    option_rows: Rows = {}
    for own, lesson, made in planned:
        for order, choice in enumerate(made, 1):
            row = choice.row(used)
            rows[row] = _question_row(own, order, choice)
            if choice.same is None:
                option_rows |= _option_rows(row, choice)
            if choice.same is None and choice.current in used:
                reason = "was answered before: that text is archived with its answers, this is a new question"
                report.add(Level.ADAPTED, choice.question.file, choice.question.line, reason)
        _tell_gone(lesson, own, made, standing, stands, report)
    await _check_questions(tx, source, stands, rows, report)
    gone = open_rows - rows.keys()
    await queries.drop_questions(tx, archive=gone & used, delete=gone - used)
    written = await queries.write(tx, "questions", rows, stands.questions)
    changed = {row["question_id"] for row in option_rows.values()} | (rows.keys() & stands.questions.keys()) - same
    surplus = {key for key, row in stands.options.items() if row["question_id"] in changed} - option_rows.keys()
    await queries.delete_options(tx, surplus)
    options_written = await queries.write(tx, "question_answer_options", option_rows, stands.options)
    touched = written | {option_rows[key]["question_id"] for key in options_written}
    touched |= {stands.options[key]["question_id"] for key in surplus}
    return {rows[key]["lesson_id"] for key in touched & rows.keys()} | {
        stands.questions[key]["lesson_id"] for key in gone
    }


def _standing_question(row: Mapping[str, Any], options: Iterable[Mapping[str, Any]]) -> StandingQuestion:
    listed = in_order((option["display_order"], option["option_text"], option["is_correct"]) for option in options)
    return StandingQuestion(row["id"], row["archived"], (row["type"], row["title"], row["description"], listed))


def _question_row(lesson: UUID, order: int, choice: Choice) -> dict[str, Any]:
    return {
        "lesson_id": lesson,
        "type": choice.question.type,
        "title": choice.question.title,
        "description": choice.question.description,
        "display_order": order,
        "points": choice.question.points,
        "archived": False,
    }


def _option_rows(question: UUID, choice: Choice) -> Rows:
    return {
        option_id(question, place): {
            "question_id": question,
            "option_text": option.text,
            "is_correct": option.is_correct,
            "display_order": option.order,
        }
        for place, option in enumerate(choice.question.options)
    }


def _tell_gone(
    lesson: Lesson,
    own: UUID,
    made: list[Choice],
    standing: Mapping[UUID, StandingQuestion],
    stands: queries.Standing,
    report: Report,
) -> None:
    """Note the questions of a lesson that no question of the source is an edition of."""
    known = {key for choice in made for key in (choice.same, choice.current)}
    for key, question in standing.items():
        if stands.questions[key]["lesson_id"] == own and not question.archived and key not in known:
            title = question.content[1].split("\n")[0][:60]
            report.add(Level.ADAPTED, lesson.source, None, f"question {title!r} is gone from the source: taken out")


async def _check_questions(
    tx: AsyncConnection, source: Source, stands: queries.Standing, rows: Rows, report: Report
) -> None:
    """Refuse questions whose rows are another lesson's. No source can bring that about, another program can."""
    elsewhere = await queries.taken(tx, "questions", rows.keys() - stands.questions.keys())
    elsewhere |= {
        key
        for key in rows.keys() & stands.questions.keys()
        if rows[key]["lesson_id"] != stands.questions[key]["lesson_id"]
    }
    by_lesson = {lesson_id(source.course.id, lesson): lesson for lesson in source.course.lessons}
    for key in elsewhere:
        lesson = by_lesson[rows[key]["lesson_id"]]
        reason = (
            f"the row of question {rows[key]['title'][:60]!r} belongs to another lesson; give the lesson another id"
        )
        report.refuse(lesson.source, lesson.line, reason)
    report.check()
