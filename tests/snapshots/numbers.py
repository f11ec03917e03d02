"""Statistics for the pictures: a term of one learner, and of the learners of one course."""

from datetime import timedelta
from typing import Any, Final
from uuid import uuid5

from lms_tui.wire import course_statistics as course
from lms_tui.wire import mentor_results as mentors
from lms_tui.wire import statistics
from lms_tui.wire.mentor import Message, Role, Thread
from lms_tui.wire.mentor_threads import ThreadLine
from lms_tui.wire.operation import Reply
from tests.tui.quiz_service import COURSE, LESSON, START

TITLE: Final = "Relational databases from the ground up"
_MONDAYS: Final = [(START - timedelta(days=START.weekday() + 7 * back)).date() for back in range(11, -1, -1)]
_LESSONS: Final = (0, 3, 5, 4, 0, 0, 7, 9, 6, 2, 4, 1)
_SCORES: Final = (None, 55, None, 62, None, None, 70, 74.5, 81, None, 90, None)


def _mine() -> statistics.Mine:
    return statistics.Mine(
        today=START.date(),
        zone="UTC",
        streak=statistics.Streak(days=5, longest=12, active_today=False),
        courses_enrolled=4,
        courses_completed=1,
        lessons_completed=sum(_LESSONS),
        study_minutes=1390,
        average_score=73.25,
        weeks=[
            statistics.Week(
                begins=monday,
                lessons=lessons,
                study_minutes=lessons * 21,
                attempts=0 if score is None else 2,
                average_score=score,
            )
            for monday, lessons, score in zip(_MONDAYS, _LESSONS, _SCORES, strict=True)
        ],
        categories=[
            statistics.CategoryScore(category="Unix", quizzes=1, average_best=92),
            statistics.CategoryScore(category="数据库 · Databases", quizzes=7, average_best=78.4),
            statistics.CategoryScore(category="Python", quizzes=3, average_best=41),
        ],
        courses=[
            statistics.MyCourseLine(
                id=uuid5(COURSE, title),
                title=title,
                lessons=lessons,
                completed_lessons=done,
                completed_at=START if done == lessons else None,
                study_minutes=minutes,
                average_best=best,
            )
            for title, lessons, done, minutes, best in (
                (TITLE, 41, 25, 1100, 78.4),
                ("A short tour of lms-tui", 5, 5, 40, 92),
                ("Écrire du Python lisible et agréable à relire", 30, 1, 250, None),
            )
        ],
    )


_GROUPS: Final = [
    course.GroupLine(id=uuid5(COURSE, name), name=name, learners=learners)
    for name, learners in (("Monday evening", 48), ("Apprentices 2026", 31))
]
_FUNNEL: Final = (
    ("Tables and what they mean", "Why relational?", "text", 196, 190, 4),
    ("Tables and what they mean", "The library", "text", 188, 181, 2),
    ("Tables and what they mean", "Check yourself: tables", "quiz", 176, 150, 21),
    (
        "Asking one table",
        "A film about NULL, and why three values are needed where two seem enough",
        "video",
        148,
        140,
        0,
    ),
    ("Asking one table", "Sorting and paging", "text", 139, 131, 3),
    ("Joins", "Outer joins", "text", 120, 97, 14),
    ("Joins", "Check yourself", "quiz", 90, 57, 30),
)


def _course() -> course.CourseStatistics:
    return course.CourseStatistics(
        id=COURSE,
        title=TITLE,
        author="M. Codd",
        enrolled=204,
        completed=57,
        not_started=8,
        active=61,
        stopped=86,
        average_hours=744.5,
        average_best=73.6,
        study_minutes=68_940,
        groups=_GROUPS,
        lessons=[
            course.LessonStatistics(
                id=uuid5(LESSON, title),
                chapter=chapter,
                title=title,
                type=kind,
                started=started,
                completed=done,
                here=stopped + 3,
                stopped=stopped,
                median_minutes=9.5 if kind == "quiz" else 14 if stopped < 10 else 4320,
                attempts=2 * done if kind == "quiz" else 0,
                average_best=71.2 if kind == "quiz" else None,
                passed=done if kind == "quiz" else 0,
            )
            for chapter, title, kind, started, done, stopped in _FUNNEL
        ],
        weeks=[
            course.CourseWeek(begins=monday, enrolled=40 - 3 * at, completed=at, lessons=60 + at * 17 % 90)
            for at, monday in enumerate(_MONDAYS)
        ],
    )


def _question(title: str, right: int, *options: tuple[str, bool, int], **more: Any) -> course.QuestionStatistics:
    given: dict[str, Any] = {"type": "multiple-choice", "archived": False, "asked": 120, "blank": 3} | more
    return course.QuestionStatistics(
        id=uuid5(LESSON, title),
        lesson_id=LESSON,
        lesson="Check yourself",
        title=title,
        right=right,
        options=[
            course.OptionShare(text=text, is_correct=is_right, chosen=chosen) for text, is_right, chosen in options
        ],
        **given,
    )


def _questions() -> course.QuestionsStatistics:
    return course.QuestionsStatistics(
        id=COURSE,
        title=TITLE,
        questions=[
            _question(
                "Which rows does a LEFT JOIN keep that an INNER JOIN drops?",
                31,
                ("rows of the right table without a partner", False, 58),
                ("rows of the left table without a partner", True, 31),
                ("both", False, 22),
                ("none", False, 6),
            ),
            _question("A table a with 4 rows is joined to b with 6: ___ rows come.", 66, type="fill-blank", blank=0),
            _question("NULL = NULL is true.", 97, ("True", False, 23), ("False", True, 97), type="true-false", blank=0),
            _question("What did the first edition ask?", 110, ("this", True, 110), ("or", False, 9), archived=True),
        ],
    )


def _line(name: str, done: int, back: int | None, best: float | None, minutes: int) -> course.LearnerLine:
    return course.LearnerLine(
        id=uuid5(COURSE, name),
        name=name,
        email=f"{name.split(' ', maxsplit=1)[0].lower()}@example.org",
        enrolled_at=START - timedelta(days=80),
        completed_at=START - timedelta(days=back or 0) if done == 41 else None,
        lessons=41,
        completed_lessons=done,
        last_active_at=None if back is None else START - timedelta(days=back),
        stopped=done < 41 and (back is None or back >= 14),
        quizzes=0 if best is None else 3,
        average_best=best,
        study_minutes=minutes,
    )


_LEARNERS: Final = (
    _line("Ada Moreau", 41, 3, 91.4, 980),
    _line("Amélie Nöthomb-Grünfeld", 23, 1, 77, 640),
    _line("Hiroshi Nakamura", 12, 33, 48.5, 215),
    _line("李 雷", 2, 20, None, 25),
    _line("nobody@example.org", 0, None, None, 0),
)


def _learners() -> course.Learners:
    return course.Learners(id=COURSE, title=TITLE, total=len(_LEARNERS), learners=list(_LEARNERS), next=None)


def _attempt(score: int | None, hours: int) -> course.AttemptLine:
    at = START - timedelta(hours=hours)
    return course.AttemptLine(
        id=uuid5(LESSON, f"attempt {hours}"),
        started_at=at,
        completed_at=at + timedelta(minutes=9),
        score=score,
        is_passed=score is not None and score >= 70,
    )


def _learner() -> course.Learner:
    taken = [_attempt(74, 20), _attempt(51, 90), _attempt(None, 400)]
    return course.Learner(
        course_title=TITLE,
        line=_LEARNERS[1],
        groups=["Monday evening"],
        lessons=[
            course.LearnerLesson(
                id=uuid5(LESSON, title),
                chapter=chapter,
                title=title,
                type=kind,
                started=at < 5,
                completed_at=START - timedelta(days=20 - at) if at < 4 else None,
                best_score=74 if kind == "quiz" and at < 4 else None,
                attempts=taken if kind == "quiz" and at < 4 else [],
            )
            for at, (chapter, title, kind, *_) in enumerate(_FUNNEL)
        ],
    )


def _courses() -> statistics.Courses:
    lines = [
        statistics.CourseLine(
            id=uuid5(COURSE, title),
            title=title,
            author=author,
            is_published=state != "draft",
            archived=state == "archived",
            enrolled=enrolled,
            completed=done,
            average_hours=hours,
            average_score=score,
            study_minutes=minutes,
        )
        for title, author, state, enrolled, done, hours, score, minutes in (
            (TITLE, "M. Codd", "", 204, 57, 744.5, 73.6, 68_940),
            ("The shell, slowly", "K. Thompson", "", 91, 40, 31.0, 81.0, 9_120),
            ("Proofs by picture", "E. Noether", "draft", 0, 0, None, None, 0),
            ("Files, pipes, processes", "K. Thompson", "archived", 12, 12, 900.0, 66.5, 3_000),
        )
    ]
    return statistics.Courses(total=4, enrolled=307, completed=109, courses=lines, next=None)


_AIMS: Final = "Tell an inner join from an outer one, and choose the right one for a question."


def _mentors() -> mentors.CourseMentor:
    return mentors.CourseMentor(
        id=COURSE,
        title=TITLE,
        lessons=[
            mentors.LessonMentor(
                id=uuid5(LESSON, title),
                chapter=chapter,
                title=title,
                objectives=_AIMS if checked is not None else "",
                difficulty="medium",
                learners=learners,
                messages=learners * 14,
                checked=checked or 0,
                passed=(checked or 0) * 2 // 3,
                average_understanding=6.4 if checked else None,
                average_engagement=71.5 if checked else None,
            )
            for chapter, title, learners, checked in (
                ("4 Joins", "What a join is", 87, 61),
                ("4 Joins", "Outer joins and the rows without a partner", 41, 12),
                ("5 Aggregates", "Groups", 9, None),
                ("5 Aggregates", "数据库 · Window functions", 0, 0),
            )
        ],
    )


def _check(hours: int, understanding: int) -> mentors.Check:
    return mentors.Check(
        at=START - timedelta(hours=hours),
        understanding=understanding,
        engagement=72,
        passed=understanding >= 7,
        insights="Explains inner joins in own words.\n\nTakes NULL for zero where a row has no partner.",
        recommended="- Read about outer joins once more.\n- Try the exercise with three tables.",
    )


def _talkers() -> mentors.Talkers:
    return mentors.Talkers(
        lesson_id=uuid5(LESSON, "What a join is"),
        title="What a join is",
        course_title=TITLE,
        objectives=_AIMS,
        total=4,
        learners=[
            mentors.Talker(
                id=line.id,
                name=line.name,
                email=line.email,
                threads=1 + at % 2,
                messages=24 - 5 * at,
                last_at=START - timedelta(days=at),
                check=_check(20 + at, 8 - at) if at < 3 else None,
            )
            for at, line in enumerate(_LEARNERS[:4])
        ],
        next=None,
    )


def _thread(hours: int, title: str, *, active: bool = False) -> Thread:
    at = START - timedelta(hours=hours)
    own = uuid5(LESSON, f"thread {hours}")
    return Thread(id=own, lesson_id=LESSON, title=title, active=active, created_at=at, updated_at=at)


def _learner_mentor() -> mentors.LearnerMentor:
    lines = [
        ThreadLine(thread=_thread(30, "", active=True), messages=24, begins="Which rows does a LEFT JOIN keep?"),
        ThreadLine(thread=_thread(400, "Before the exam"), messages=9, begins="What is NULL?"),
    ]
    who = _LEARNERS[1]
    return mentors.LearnerMentor(
        course_title=TITLE,
        id=who.id,
        name=who.name,
        email=who.email,
        lessons=[
            mentors.LearnerMentorLesson(
                id=uuid5(LESSON, title),
                chapter="4 Joins",
                title=title,
                objectives=_AIMS,
                checks=checks,
                threads=threads,
            )
            for title, checks, threads in (
                ("What a join is", [_check(20, 8), _check(90, 5)], lines),
                ("Outer joins and the rows without a partner", list[mentors.Check](), lines[1:]),
            )
        ],
    )


def _transcript() -> mentors.Transcript:
    said = (
        (Role.USER, "Which rows does a `LEFT JOIN` keep?\n\n> every book, also one without an author", False),
        (Role.ASSISTANT, "All rows of the **left** table. What stands on the right where there is no partner?", False),
        (Role.USER, "NULL?", False),
        (Role.ASSISTANT, "Yes:\n\n```sql\nSELECT b.title, a.name\nFROM books b LEFT JOIN authors a", True),
    )
    return mentors.Transcript(
        thread=_thread(30, "", active=True),
        lesson_title="What a join is",
        course_title=TITLE,
        learner_id=_LEARNERS[1].id,
        learner=_LEARNERS[1].name,
        earlier=False,
        messages=[
            Message(
                id=uuid5(LESSON, f"said {number}"),
                role=role,
                text=text,
                created_at=START - timedelta(hours=30, minutes=-number),
                tokens=None if role is Role.USER else 812,
                model=None if role is Role.USER else "qwen3-8b",
                cut=cut,
            )
            for number, (role, text, cut) in enumerate(said)
        ],
    )


REPLIES: Final[dict[str, Reply]] = {
    statistics.MINE.name: _mine(),
    statistics.COURSES.name: _courses(),
    course.COURSE.name: _course(),
    course.QUESTIONS.name: _questions(),
    course.LEARNERS.name: _learners(),
    course.LEARNER.name: _learner(),
    mentors.COURSE.name: _mentors(),
    mentors.TALKERS.name: _talkers(),
    mentors.LEARNER.name: _learner_mentor(),
    mentors.TRANSCRIPT.name: _transcript(),
}
"""What each operation answers."""
