"""A service in memory with a fixed shelf of courses: everything that the pictures show, the same on every machine."""

import asyncio
import io
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

import msgspec
from msgspec import structs
from PIL import Image

from lms_tui.client.errors import ClientError
from lms_tui.client.line import Sink
from lms_tui.wire import accounts, catalog, courses, files, learning, lint, mentor, preview, quizzes, sso
from lms_tui.wire.errors import Code, Problem
from lms_tui.wire.operation import Operation, Reply, Request
from tests.snapshots import numbers, school, tutor
from tests.tui.quiz_service import COURSE, LESSON, SOMEBODY, START, QuizService, refusal

ADA = accounts.User(id=SOMEBODY, email="ada@example.org", first_name="Ada", last_name="L.", role="STUDENT")
TITLE = "Relational databases from the ground up"
ABOUT = (
    "From the first table to query plans, with one small library as the example all the way. You will model data, "
    "ask questions of it, join, group and nest, keep it consistent while others work on it, and make it fast."
)
AWAY = "There is no connection to the service on this machine."
NOT_FOUND = refusal(Code.NOT_FOUND, "There is no such course.")
ENROL_FIRST = refusal(Code.ENROL_FIRST, "This is for the course's learners. Enrol in the course first.")
FAULT = refusal(Code.INTERNAL, "Something went wrong inside the service. Its log knows more: reference 5f2a91c0.")

# Title, author, category, chapters, lessons, price, lessons done (None: not enrolled).
_CARDS: tuple[tuple[str, str, str, int, int, int, int | None], ...] = (
    ("A short tour of lms-tui", "lms-tui", "Tours", 1, 5, 0, 5),
    (TITLE, "M. Codd", "Databases", 9, 41, 0, 25),
    ("The shell, slowly", "K. Thompson", "Unix", 5, 22, 0, None),
    ("Query plans and indexes", "M. Codd", "Databases", 6, 18, 4900, None),
    ("数据库入门", "李 雷", "Databases", 3, 12, 0, None),
    ("Écrire du Python lisible et agréable à relire", "Amélie Nöthomb-Grünfeld", "Python", 7, 30, 1250, 1),
    (
        "Everything you always wanted to know about transactions, isolation levels, locks and the people who wait",
        "A person with a long name, who writes long titles",
        "Databases",
        12,
        96,
        129900,
        None,
    ),
    ("Proofs by picture", "E. Noether", "Mathematics", 1, 1, 0, None),
    ("Files, pipes, processes", "K. Thompson", "Unix", 4, 16, 0, 3),
    ("Regular expressions", "S. Kleene", "Unix", 3, 9, 0, None),
    ("Linear algebra with NumPy", "E. Noether", "Mathematics", 8, 33, 2900, None),
    ("Testing in Python", "G. van R.", "Python", 5, 19, 0, None),
)
FOREIGN = frozenset("数据库入门李雷")
"""What is on the screens by the courses' own texts and has no look-alike in ASCII."""

LESSON_TEXT = """\
# Outer joins

An **inner join** drops rows without a partner. An *outer* join keeps them, and puts `NULL` where the partner would
have been. Which side is kept is said by its name; see [the manual](https://www.postgresql.org/docs/current/) and
the lesson before.[^1]

## LEFT JOIN

```sql
SELECT b.title, count(l.loan_id) AS loans  -- zeros too
FROM books AS b
LEFT JOIN loans AS l ON l.book_id = b.book_id
WHERE b.year > 1970
GROUP BY b.title;
```

| title            | loans |
|------------------|------:|
| A Relational Model | 3 |
| The C Language   | 0 |

## What to remember

1. `LEFT` keeps the rows of the table in front.
2. A condition on the right table belongs behind `ON`:
   - in `WHERE` it drops the rows that you wanted to keep;
   - behind `ON` it does not.
3. `FULL` keeps both.

> Ask yourself of every join: what becomes of a row without a partner?

- [x] read the chapter on inner joins
- [ ] try it with your own tables

[^1]: Older programs write `(+)` instead.
"""
PICTURE = f"courses/{COURSE}/{'f' * 64}.png"
PICTURE_TEXT = f"""\
# Two tables

![Which rows of two tables each join keeps]({PICTURE})

What is left of the line comes from the books, what is right of it from the loans.
"""
HTML_TEXT = (
    "<h1>A page from elsewhere</h1><p>Written in <b>HTML</b> by another program, with <code>code</code>,"
    " a <a href='https://example.org/x'>link</a> and a list:</p><ul><li>one</li><li>two</li></ul>"
)


def _flag() -> bytes:
    """A picture of three fields, whose colours no version of any library sees otherwise."""
    image = Image.new("RGB", (30, 16), (16, 80, 160))
    image.paste((200, 200, 200), (10, 0, 20, 16))
    image.paste((176, 32, 48), (20, 0, 30, 16))
    into = io.BytesIO()
    image.save(into, "PNG")
    return into.getvalue()


def _id(name: str) -> UUID:
    return uuid5(LESSON, name)


def _cards() -> list[catalog.Card]:
    return [
        catalog.Card(
            id=COURSE if title == TITLE else _id(title),
            title=title,
            description=ABOUT if title == TITLE else f"About {title}.",
            author=author,
            author_id=_id(author),
            category_id=_id(category),
            category=category,
            chapters=chapters,
            lessons=lessons,
            price_in_cents=cents,
            currency="usd",
            enrolled=done is not None,
            completed_lessons=done or 0,
            completed_at=START if done == lessons else None,
        )
        for title, author, category, chapters, lessons, cents, done in _CARDS
    ]


def _line(title: str, kind: str = "text", state: str = "", **more: Any) -> catalog.LessonLine:
    given = {"best_score": None, "has_mentor": False, "added_since_completion": False} | more
    return catalog.LessonLine(
        id=LESSON if kind == "quiz" and not state else _id(title),
        title=title,
        type=kind,
        started=bool(state),
        completed=state == "done",
        **given,
    )


_OUTLINE = {
    "Tables and what they mean": [
        _line("Why relational?", state="done"),
        _line("The library", state="done", has_mentor=True),
        _line("Check yourself: tables", "quiz", "done", best_score=92),
    ],
    "Asking one table": [
        _line("Choosing rows", state="done"),
        _line("Sorting and paging", state="started"),
        _line("A film about NULL, and why three values are needed where two seem to be enough", "video"),
        _line("The manual", "external"),
    ],
    "Joins": [_line("Inner joins"), _line("Outer joins", has_mentor=True), _line("Check yourself", "quiz")],
    "Appendix": [],
}


@dataclass
class Shelf(QuizService):
    """The service of the quiz tests with a catalog, a course and a lesson; `held` operations are never answered."""

    held: frozenset[str] = frozenset()
    waiting: int = 0
    """Calls that are being held."""
    told: dict[str, Reply] = field(default_factory=lambda: {**numbers.REPLIES, **school.REPLIES})
    """What is answered as it stands, by the name of the operation."""
    broken: dict[str, ClientError] = field(default_factory=dict)
    """What to say always, by the name of the operation."""
    cards: list[catalog.Card] = field(default_factory=_cards)
    faultless: bool = False
    """Whether there is nothing to mend in the course."""
    pictured: bool = False
    """Whether courses have pictures."""
    as_guest: bool = False
    newcomer: bool = False
    enrolled: bool = True
    price: int = 0
    lessonless: bool = False
    lesson: dict[str, Any] = field(default_factory=dict)
    """Fields in which the lesson differs."""
    heard: tuple[str, Problem | None] | None = None
    """What comes of an answer of the mentor, and what breaks it off; None where nothing does: it goes on."""

    async def call(self, operation: Operation[Any, Any], request: Request) -> Reply:
        """Answer as the service would."""
        if operation.name in self.held:
            self.waiting += 1
            await asyncio.Event().wait()
        if (error := self.broken.get(operation.name)) is not None:
            raise error
        mine = {
            accounts.ME.name: lambda _: ADA,
            sso.WAYS.name: lambda _: sso.Ways(password=True, came=[]),
            catalog.PAGE.name: self._page,
            catalog.COUNTS.name: self._counts,
            catalog.COURSE.name: self._course,
            courses.LIST.name: self._managed,
            lint.LINT.name: self._lint,
            preview.COURSE.name: self._course,
            preview.LESSON.name: self._lesson,
            preview.QUIZ.name: self._first_quiz,
            preview.ATTEMPT.name: self._first_attempt,
            preview.GRADE.name: self._graded,
            preview.ANSWERS.name: self._answers,
            learning.LESSON.name: self._lesson,
            files.LESSON.name: self._files,
            files.THUMBNAIL.name: self._thumbnail,
            learning.POSITION.name: lambda _: learning.Position(updated_at=None),
            learning.START.name: self._progress,
            learning.COMPLETE.name: self._progress,
            mentor.ASK.name: tutor.asked,
        }
        if not self.away and (told := self.told.get(operation.name)) is not None:
            return told
        if self.away or operation.name not in mine:
            return await super().call(operation, request)
        return mine[operation.name](request)

    async def pour(self, _operation: Operation[Any, Any], request: Any, into: Sink) -> None:
        """Let the mentor answer with what is `heard`, as a stream that goes on or is broken off."""
        text, problem = self.heard or (tutor.ANSWER, None)
        await into.begin(None)
        events = [mentor.AnswerEvent(text=text)]
        if problem is not None:
            events.append(mentor.AnswerEvent(problem=problem))
        elif self.heard is None:
            events.append(mentor.AnswerEvent(message=tutor.answer_of(request.message_id)))
        for event in events:
            await into.take(b"data: " + msgspec.json.encode(event) + b"\n\n")
        if self.heard is not None and problem is None:
            self.waiting += 1
            await asyncio.Event().wait()

    def _home(self, request: Request) -> learning.Home:
        if self.newcomer:
            return learning.Home(resume=None, courses=[], catalog_courses=len(self.cards), company=None)
        home = super()._home(request)
        mine = [card for card in self.cards if card.enrolled]
        mine.sort(key=lambda card: card.id != COURSE)
        courses = [
            learning.MyCourse(
                id=card.id,
                title=card.title,
                author=card.author,
                category=card.category,
                lessons=card.lessons,
                completed_lessons=card.completed_lessons,
                enrolled_at=START,
                completed_at=card.completed_at,
                last_opened_at=START,
                available=card.category != "Unix",
                next_lesson_title=None if card.completed_at else "Check yourself" if card.id == COURSE else "Begin",
            )
            for card in mine
        ]
        return structs.replace(home, courses=courses, catalog_courses=len(self.cards), company="Acme Academy")

    def _titled(self, search: str) -> list[catalog.Card]:
        return [card for card in self.cards if search.lower() in card.title.lower()]

    def _found(self, request: Any) -> list[catalog.Card]:
        found = self._titled("query" if request.search == "qeury" else request.search)
        if request.author_id is not None:
            found = [card for card in found if card.author_id == request.author_id]
        if request.state is catalog.State.NOT_TAKEN:
            found = [card for card in found if not card.enrolled]
        return found

    def _page(self, request: Any) -> catalog.Page:
        corrected = "query" if request.search == "qeury" else None
        return catalog.Page(courses=self._found(request), corrected=corrected, next=None, previous=None)

    def _counts(self, request: Any) -> catalog.Counts:
        found = self._found(request)
        categories = [
            catalog.CategoryCount(id=_id(name), name=name, courses=sum(card.category == name for card in found))
            for name in dict.fromkeys(card.category for card in found)
        ]
        return catalog.Counts(total=len(found), matching=len(found), categories=categories)

    def _managed(self, request: Any) -> courses.ManagedCourses:
        managed = [
            courses.ManagedCourse(
                id=card.id,
                title=card.title,
                author=card.author,
                category=card.category,
                is_published=card.category != "Mathematics",
                archived=card.category == "Tours",
                price_in_cents=card.price_in_cents,
                currency=card.currency,
                chapters=card.chapters,
                lessons=card.lessons,
                enrolled=card.lessons * 37 if card.category == "Databases" else 0,
            )
            for card in self._titled(request.search)
        ]
        return courses.ManagedCourses(courses=managed[request.offset :], total=len(managed))

    def _course(self, _request: Request) -> catalog.Course:
        chapters = [
            catalog.ChapterOutline(id=_id(name), title=name, description="", completed=False, lessons=lessons)
            for name, lessons in _OUTLINE.items()
        ]
        return catalog.Course(
            id=COURSE,
            title=TITLE,
            description=ABOUT,
            author="M. Codd",
            category="Databases",
            price_in_cents=self.price,
            currency="usd",
            enrolled=self.enrolled,
            enrolled_at=START if self.enrolled else None,
            completed_at=None,
            may_read=self.enrolled or not self.price,
            chapters=[] if self.lessonless else chapters,
            resume_lesson=_id("Sorting and paging") if self.enrolled and not self.lessonless else None,
            resume_attempt=None,
        )

    async def fetch(self, link: str, into: Sink) -> None:  # noqa: ARG002
        """Give a picture, whatever is asked for."""
        await into.begin(None)
        await into.take(_flag())

    def _files(self, _request: Request) -> files.LessonFiles:
        own = self._file("mp4", "", "A film", 31_400_000) if "file_kind" in self.lesson else None
        return files.LessonFiles(file=own, file_missing=False, named=[self._file("png", PICTURE, "Outer joins 1")])

    def _thumbnail(self, _request: Request) -> files.Thumbnail:
        return files.Thumbnail(file=self._file("png", "", "Course") if self.pictured else None)

    def _file(self, kind: str, source: str, name: str, size: int | None = None) -> files.FileLink:
        return files.FileLink(
            source=source, link="/v1/files/x", name=f"{name}.{kind}", kind=kind, version="f" * 64, size=size
        )

    def _lesson(self, _request: Request) -> learning.Lesson:
        lesson = learning.Lesson(
            id=_id("Outer joins"),
            course_id=COURSE,
            course_title=TITLE,
            chapter_id=_id("Joins"),
            chapter_title="Joins",
            chapter_number=3,
            title="Outer joins",
            type="text",
            text=LESSON_TEXT,
            format=learning.TextFormat.MARKDOWN,
            link=None,
            position=9,
            lessons=41,
            previous=learning.LessonRef(id=_id("Inner joins"), title="Inner joins", type="text"),
            next=learning.LessonRef(id=LESSON, title="Check yourself", type="quiz"),
            enrolled=True,
            progress_id=_id("progress"),
            started=True,
            completed=False,
            completed_at=None,
            completes_by_hand=True,
        )
        return structs.replace(lesson, **self.lesson)

    def _lint(self, _request: Request) -> lint.Problems:
        quiz: dict[str, Any] = {"lesson_id": LESSON, "lesson_title": "Check yourself", "lesson_type": "quiz"}
        lesson: dict[str, Any] = {"lesson_id": _id("Outer joins"), "lesson_title": "Outer joins", "lesson_type": "text"}
        joins: dict[str, Any] = {"chapter_id": _id("Joins"), "chapter_title": "Joins"}
        made = [
            lint.Problem(
                rule="dead-link",
                sentence="'#inner' leads to no heading of this lesson: mend it.",
                line=7,
                **joins,
                **lesson,
            ),
            lint.Problem(
                rule="no-right-option",
                sentence="No option is marked as right, so the question weighs nothing: mark one.",
                question=1,
                **joins,
                **quiz,
            ),
            lint.Problem(
                rule="unreachable-threshold",
                sentence="The threshold of 120 % cannot be reached, since 100 is the most: mend one of the two.",
                **joins,
                **quiz,
            ),
            lint.Problem(
                rule="empty-chapter",
                sentence="The chapter has no lessons: add one, or remove the chapter.",
                chapter_id=_id("Appendix"),
                chapter_title="Appendix",
            ),
        ]
        return lint.Problems(problems=[] if self.faultless else made)

    def _first_quiz(self, request: Request) -> quizzes.Quiz:
        return structs.replace(self._quiz(request), attempts=[], attempts_used=0, attempts_left=3, best_score=None)

    def _first_attempt(self, request: Any) -> quizzes.Attempt:
        return structs.replace(self._attempt(request), id=request.attempt_id, number=1, answers=[])

    def _graded(self, request: Any) -> quizzes.Result:
        for question, answer in request.answers.items():
            self._store(question, answer)
        return structs.replace(self._result(request), attempt_id=request.attempt_id, number=1)

    def _answers(self, _request: Request) -> preview.RightAnswers:
        judged = [self._judged(question, reveals=True) for question in self.questions]
        return preview.RightAnswers(
            answers=[
                preview.RightAnswer(
                    question_id=one.question.id, correct=one.correct, accepted=one.accepted, is_gradable=True
                )
                for one in judged
            ]
        )

    def _progress(self, request: Any) -> learning.LessonProgress:
        return learning.LessonProgress(
            id=request.id,
            lesson_id=request.lesson_id,
            started=True,
            completed=True,
            completed_at=START,
            chapter_completed=False,
            course_completed=False,
            completed_lessons=26,
            lessons=41,
        )

    def _quiz(self, request: Request) -> quizzes.Quiz:
        quiz = super()._quiz(request)
        match self.standing:
            case quizzes.Standing.USED_UP:
                return structs.replace(quiz, attempts_limit=1, attempts_left=0)
            case quizzes.Standing.NO_QUESTIONS:
                return structs.replace(quiz, questions=0, points=0, attempts=[], attempts_used=0, best_score=None)
            case _:
                return quiz

    def _result(self, request: Request) -> quizzes.Result:
        result = super()._result(request)
        return structs.replace(result, reveals=True) if self.attempts_left == 0 else result
