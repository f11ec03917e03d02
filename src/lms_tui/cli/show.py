"""`lms-tui show COURSE|LESSON`: an outline, a lesson's text or a quiz's start page as plain text, state in words."""

import argparse
import asyncio
from datetime import datetime

from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import looking_around, places_file
from lms_tui.cli.naming import add_name, resolve
from lms_tui.cli.printing import say, width
from lms_tui.rules.progress import percent
from lms_tui.tui.opened import note_opened
from lms_tui.tui.places import ReadingPlaces
from lms_tui.tui.words import count, price
from lms_tui.wire import catalog, learning, quizzes
from lms_tui.wire.finding import Kind
from lms_tui.wire.text import clean_line


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `show`."""
    what = "show a course's outline, or a lesson's text"
    show = subparsers.add_parser("show", help=what, description=f"{what[:1].upper()}{what[1:]}.")
    add_name(show, "COURSE|LESSON")
    show.add_argument("--in", dest="within", metavar="COURSE", help="the course of a lesson whose title is not enough")
    show.add_argument("--json", action="store_true", help="print JSON, as docs/cli.md tells")


def run(args: argparse.Namespace) -> int:
    """Show it; return the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    async with looking_around(args.config) as (api, user):
        kind, within = Kind.ANY, None
        if args.within is not None:
            kind, within = Kind.LESSON, (await resolve(api, args.within, Kind.COURSE)).id
        found = await resolve(api, args.name, kind, within)
        if found.lesson_type is None:
            course = await api.call(catalog.COURSE, catalog.CourseRequest(course_id=found.id))
            print_json(course) if args.json else _show_course(course, guest=user is None)
        elif found.lesson_type == "quiz":
            quiz = await api.call(quizzes.QUIZ, quizzes.QuizRequest(lesson_id=found.id))
            print_json(quiz) if args.json else _show_quiz(quiz)
        else:
            lesson = await api.call(learning.LESSON, learning.LessonRequest(lesson_id=found.id))
            print_json(lesson) if args.json else _show_lesson(lesson)
            if lesson.link is not None and user is not None:
                note_opened(ReadingPlaces(places_file()), user.id, lesson.id)
    return 0


def _line(*parts: str) -> None:
    say(", ".join(said for part in parts if (said := clean_line(part))))


def _show_course(course: catalog.Course, *, guest: bool) -> None:
    lessons = [lesson for chapter in course.chapters for lesson in chapter.lessons]
    size = f"{count(len(course.chapters), 'chapter')} and {count(len(lessons), 'lesson')}"
    _line(course.title)
    _line(course.author, course.category, size, price(course.price_in_cents, course.currency))
    _line("not enrolled: sign in first: lms-tui sign-in") if guest else _line(*_standing(course, lessons))
    if course.description:
        _paragraphs(course.description)
    for number, chapter in enumerate(course.chapters, 1):
        say()
        _line(f"{number} {chapter.title}", "done" if chapter.completed else "")
        for place, lesson in enumerate(chapter.lessons, 1):
            state = "done" if lesson.completed else "started" if lesson.started else ""
            best = f"best {lesson.best_score} %" if lesson.best_score is not None else ""
            new = "new" if lesson.added_since_completion and not lesson.completed else ""
            said = (clean_line(part) for part in (lesson.type, "mentor" if lesson.has_mentor else "", best, new, state))
            say(f"  {number}.{place} {clean_line(lesson.title)} ({', '.join(filter(None, said))})")


def _standing(course: catalog.Course, lessons: list[catalog.LessonLine]) -> tuple[str, ...]:
    done = sum(lesson.completed for lesson in lessons)
    if course.completed_at is not None:
        new = sum(lesson.added_since_completion and not lesson.completed for lesson in lessons)
        return f"completed on {_day(course.completed_at)}", count(new, "new lesson") if new else ""
    if course.enrolled:
        return "enrolled", f"{done} of {count(len(lessons), 'lesson')} done", f"{percent(done, len(lessons))} %"
    if course.price_in_cents > 0:
        return "not enrolled", "its staff can let you in"
    return (f"not enrolled: lms-tui enrol {course.id}",)


def _show_lesson(lesson: learning.Lesson) -> None:
    _line(lesson.title)
    where = f"lesson {lesson.position} of {lesson.lessons}"
    state = "done" if lesson.completed else "started" if lesson.started else ""
    _line(lesson.course_title, f"{lesson.chapter_number} {lesson.chapter_title}", where, lesson.type, state)
    if lesson.link is not None:
        _line(lesson.link)
    _text(lesson.text, lesson.format)


def _show_quiz(quiz: quizzes.Quiz) -> None:
    _line(quiz.title)
    _line(quiz.course_title, f"{quiz.chapter_number} {quiz.chapter_title}", "quiz")
    needs = f"needs {quiz.threshold} % to pass" if quiz.threshold else "any submission passes"
    _line(count(quiz.questions, "question"), count(quiz.points, "point"), needs)
    left = "no limit" if quiz.attempts_left is None else f"{quiz.attempts_left} left"
    best = "" if quiz.best_score is None else f"best {quiz.best_score} %"
    _line(f"{count(quiz.attempts_used, 'attempt')} so far", left, best, "passed" if quiz.is_passed else "")
    if quiz.open_attempt is not None:
        _line(f"an attempt is open, {quiz.open_answered} of {count(quiz.questions, 'question')} answered")
    elif quiz.opens_at is not None:
        _line(f"the next attempt opens at {quiz.opens_at.astimezone().isoformat(sep=' ', timespec='minutes')}")
    _text(quiz.text, quiz.format)


def _text(text: str, text_format: learning.TextFormat) -> None:
    """Print a lesson's text as the app draws it, without colours; code and tables keep their own width."""
    from lms_tui.tui.text.plain import laid_out

    if text.strip():
        say()
    for line in laid_out(text, width(), text_format.value):
        say(line)


def _paragraphs(text: str) -> None:
    from lms_tui.tui.wrapping import wrapped

    say()
    for paragraph in text.splitlines():
        say("\n".join(wrapped(clean_line(paragraph), width())))


def _day(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d}"
