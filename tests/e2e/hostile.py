"""Hostile text for every text column of the 27 tables, and rows that carry it, written as another program would.

Each column has a marker of its own, so that a screen can be asked which columns it shows. Behind the marker stand
pieces of everything that could act: Textual and Rich markup, escape sequences of each family in 7 and 8 bits, single
controls, bidi controls, line ends, characters without a width, a word that never ends. Where a column is too short
for all, each value has the next few.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import ARRAY, JSON, Column, MetaData, String
from sqlalchemy.dialects.postgresql import JSONB

from lms_tui.db.tables import metadata
from lms_tui.rules.answers import blank_id
from lms_tui.service.passwords import Passwords

PIECES = (
    "[@click=app.quit]x[/]",
    "\x1b[66;6n",  # CSI: the terminal would answer, as if typed
    "\x1b[5;8m",  # SGR blink and conceal, which the app never uses
    "[@click=app.bell]x[/]",
    "\x1b]0;own\x07",  # OSC: the window's title
    "\x9b66;6n",  # the same CSI in 8 bits
    "qq\rcr ",
    "\u202etxt.exe",
    "[bold",
    "\x1b]8;;http://evil.example\x1b\\go\x1b]8;;\x1b\\",
    "\x1b]52;c;ZXZpbA==\x07",  # the clipboard
    "qq\nnl ",
    "\x1bP1$qm\x1b\\",
    "\x1b_Gi=1;AAAA\x1b\\",
    "[link=http://evil.example]y[/link]",
    "\x9d0;own\x9c",
    "\x90q\x9c",
    "\x1bc",
    "qq\u2028ls ",
    "\x08\x08\x7f",
    "qq\ttb ",
    "\x0e\x0f\x1b(0",
    "[/]",
    "qq\x85ne \x0c\x0b",
    "\u2066i\u2069\u200bz\ufeff\u061c",
    " \u0301\u0301\u0301\u0301\u0301\u0301\u0301 ",
    "\x07\x05\x1a",
    "[red on [/red",
)
OPENABLE = "[@click=app.quit]x[/]$(reboot)`y`'&{}"
"""What an address may hold that is opened."""
LONG_WORD = "W" * 300
PASSWORD = "correct horse battery"
TYPED_CODE = "another-programs"
"""The code of an invitation that is looked at: one that can be typed."""
LEARNER = "ada@example.org"
ALL = 100_000
"""A limit for texts that shall have every piece."""


def text_columns(tables: MetaData = metadata) -> dict[str, Column[Any]]:
    """Return every column that can hold text, by its name "table.column"."""
    return {
        f"{table.fullname}.{column.name}": column
        for table in tables.sorted_tables
        for column in table.columns
        if isinstance(column.type, String | JSON | JSONB)
        or (isinstance(column.type, ARRAY) and isinstance(column.type.item_type, String))
    }


NUMBERS = {name: number for number, name in enumerate(sorted(text_columns()), 1)}


def marker(name: str) -> str:
    """Return what every value of the column begins with; the bracket is unclosed markup."""
    return f"x{NUMBERS[name]:02}q[/"


@dataclass
class Hostile:
    """Makes values, each with other pieces than the one before."""

    _turn: int = field(default=0)

    def __call__(self, name: str, limit: int = 60) -> str:
        """Return a value for the column of at most `limit` characters, or the column's own limit."""
        room = min(limit, getattr(text_columns()[name].type, "length", None) or ALL)
        text = f"{marker(name)} "
        for piece in self._pieces():
            if len(text) + len(piece) < room:
                text += piece
        return text + LONG_WORD if room > len(text) + len(LONG_WORD) else text

    def _pieces(self) -> Iterator[str]:
        self._turn += 5  # shares no factor with the number of pieces
        start = self._turn % len(PIECES)
        yield from PIECES[start:] + PIECES[:start]


@dataclass
class Library:
    """The rows, and the names by which a test goes to them."""

    db: psycopg.Connection[tuple[Any, ...]]
    hostile: Hostile = field(default_factory=Hostile)
    stranger: str = ""
    author: str = ""
    course: UUID = field(default_factory=uuid4)
    lessons: dict[str, UUID] = field(default_factory=dict)

    def add(self, table: str, **values: Any) -> UUID:
        """Insert a row behind the service's back, and return its id."""
        values = {"id": uuid4(), **values}
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(*table.split(".")),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
        )
        self.db.execute(statement, list(values.values()))
        own: UUID = values["id"]
        return own

    def fill(self) -> None:
        """Put hostile text into every column that can hold it."""
        author, learner = self._people()
        self._courses(author)
        self._main_course(author)
        self._quiz(learner)
        self._taken(learner)
        self._unseen(learner)

    def _people(self) -> tuple[UUID, UUID]:
        passwords, h = Passwords(), self.hostile
        stored = passwords.hash_now(PASSWORD)
        passwords.close()
        self.author, self.stranger = h("users.email") + ".a", h("users.email") + ".s"
        made = []
        for email, role in ((self.author, "ADMIN"), (LEARNER, "STUDENT"), (self.stranger, h("users.role"))):
            names = {"first_name": h("users.first_name", 20), "last_name": h("users.last_name", 20) + "\n" * 6 + "."}
            made.append(
                self.add("users", email=email, role=role, **names, avatar_reference=h("users.avatar_reference"))
            )
            old = h("credentials.password_hash")
            self.add("credentials", user_id=made[-1], password_hash=old, updated_at="2001-01-01")
            self.add("credentials", user_id=made[-1], password_hash=stored)
        self.add("reset_tokens", user_id=made[0], token=h("reset_tokens.token"), expires_at="2099-01-01")
        invited = {"email": h("create_tokens.email"), "token": h("create_tokens.token")}
        self.add("create_tokens", **invited, expires_at="2099-01-01")
        self.add("create_tokens", email=h("create_tokens.email", 40), token=TYPED_CODE, expires_at="2099-01-01")
        return made[0], made[1]

    def _courses(self, author: UUID) -> None:
        """Courses that only the catalog shows, with titles of full length; two of them have a price."""
        h = self.hostile
        company = {"company_name": h("settings.company_name", 30), "company_email": h("settings.company_email")}
        self.add("settings", **company, platform_logo_s3_key=h("settings.platform_logo_s3_key"))
        for number in range(6):
            name, about = h("categories.name", 40), h("categories.description", ALL)
            category = self.add("categories", name=name, description=about, display_order=number)
            self.add(
                "courses",
                title=h("courses.title", 100),
                description=h("courses.description", ALL),
                thumbnail_s3_key=h("courses.thumbnail_s3_key"),
                is_published=True,
                price_in_cents=4900 if number < 2 else 0,
                currency=h("courses.currency", 20),
                author_id=author,
                category_id=category,
            )

    def _main_course(self, author: UUID) -> None:
        """The course that is gone through; its names are short, so that they stand beside each other in a bar."""
        h = self.hostile
        category = self.add("categories", name=h("categories.name", 30))
        about = h("courses.description", ALL)
        title = f"{marker('courses.title')} main\x9b5m"
        place = {"author_id": author, "category_id": category, "is_published": True}
        self.add("courses", id=self.course, title=title, description=about, **place)
        for number in (1, 2):
            names = {"title": h("chapters.title", 16), "description": h("chapters.description", ALL)}
            chapter = self.add("chapters", course_id=self.course, display_order=number, **names)
            kinds = ("text", "html", "video", "other", "quiz") if number == 1 else ("long", "external")
            for place_in, kind in enumerate(kinds):
                self._lesson(chapter, kind, place_in)

    def _lesson(self, chapter: UUID, kind: str, order: int) -> None:
        h = self.hostile
        body = {"text": self.markdown(), "html": self.html()}.get(kind, h("lessons.description", 200))
        types = {"html": "text", "long": "text", "other": h("lessons.type")}
        link = h("lessons.file_s3_key")
        self.lessons[kind] = self.add(
            "lessons",
            chapter_id=chapter,
            type=types.get(kind, kind),
            title=h("lessons.title", 100) if kind == "long" else f"{h('lessons.title', 14)} {kind}",
            description=body,
            display_order=order,
            file_s3_key=f"http://evil.example/{marker('lessons.file_s3_key')}{OPENABLE}" if kind == "video" else link,
            file_type=h("lessons.file_type"),
            is_external=kind in ("external", "other"),
        )

    def _quiz(self, learner: UUID) -> None:
        """A question of each kind, and an open attempt with answers that another program stored."""
        questions: dict[str, UUID] = {}
        h, kinds = self.hostile, ("multiple-choice", "multiple-choice", "true-false", "scale", "fill-blank", "essay")
        for number, kind in enumerate(kinds):
            title = h("questions.title", 90)
            own = self.add(
                "questions",
                lesson_id=self.lessons["quiz"],
                type=h("questions.type") if kind == "essay" else kind,
                title=f"{title} ___ and ___" if kind == "fill-blank" else title,
                description=h("questions.description", 120),
                display_order=number,
            )
            questions[kind] = own
            for order in (1, 2):
                right = order == 1 or number == 1
                option = self.add(
                    "question_answer_options",
                    question_id=own,
                    option_text=h("question_answer_options.option_text", 60),
                    is_correct=right,
                    display_order=order,
                )
        attempt = self.add("quiz_attempts", user_id=learner, lesson_id=self.lessons["quiz"])
        here = {"quiz_attempt_id": attempt, "question_id": questions["fill-blank"]}
        for blank in (1, 2):
            said = h("student_question_answers.answer_text", 40)
            own = blank_id(attempt, questions["fill-blank"], blank)
            self.add("student_question_answers", id=own, answer_text=said, **here)
        here["question_id"] = questions["essay"]
        said = h("student_question_answers.answer_text", 300)
        self.add("student_question_answers", answer_text=said, **here)
        here["question_id"] = questions["scale"]
        self.db.execute("UPDATE questions SET points = 2 WHERE id = %s", (questions["scale"],))
        said = h("student_question_answers.answer_text", 40)
        option = self.options(questions["scale"])[0]
        self.add("student_question_answers", answer_text=said, selected_option_id=option, **here)

    def _taken(self, learner: UUID) -> None:
        """Two attempts of long ago, graded, with words that another program stored: for the history and the change."""
        h, lesson = self.hostile, self.lessons["quiz"]
        asked = [
            row[0]
            for row in self.db.execute(
                "SELECT id FROM questions WHERE lesson_id = %s ORDER BY display_order", (lesson,)
            )
        ]
        for year in ("2001", "2002"):
            when = {"created_at": f"{year}-01-01", "completed_at": f"{year}-01-02"}
            attempt = self.add("quiz_attempts", user_id=learner, lesson_id=lesson, score=0, **when)
            for number, question in enumerate(asked):
                said = h("student_question_answers.answer_text", 40) if number > 3 else None
                option = self.options(question)[0] if number < 2 else None
                self.add(
                    "student_question_answers",
                    quiz_attempt_id=attempt,
                    question_id=question,
                    answer_text=said,
                    selected_option_id=option,
                )
        self.db.execute("UPDATE questions SET created_at = '2000-01-01' WHERE lesson_id = %s", (lesson,))

    def answer_elsewhere(self) -> None:
        """Clear the answer to the first question of the open attempt, as another terminal does."""
        self.db.execute(
            "INSERT INTO student_question_answers (quiz_attempt_id, question_id) SELECT t.id, q.id FROM quiz_attempts t"
            " JOIN questions q ON q.lesson_id = t.lesson_id AND q.display_order = 0 WHERE t.completed_at IS NULL"
        )

    def options(self, question: UUID) -> list[UUID]:
        """Return the options of a question in their order."""
        query = "SELECT id FROM question_answer_options WHERE question_id = %s ORDER BY display_order"
        return [row[0] for row in self.db.execute(query, (question,))]

    def _unseen(self, learner: UUID) -> None:
        """What a learner's screens do not show: the mentor, packages, groups, the audit."""
        h, lesson = self.hostile, self.lessons["text"]
        self.add(
            "lms_tui.audit",
            actor_id=learner,
            action=h("lms_tui.audit.action"),
            details=Jsonb({"said": h("lms_tui.audit.details", ALL)}),
        )
        self.db.execute(
            "INSERT INTO lms_tui.search_words (word, courses, keys, edition) VALUES (%s, 1, %s, 1)",
            (h("lms_tui.search_words.word"), [h("lms_tui.search_words.keys")]),
        )
        self.db.execute(
            "INSERT INTO lms_tui.courses_by_hand (course_id, what) VALUES (%s, %s)",
            (self.course, h("lms_tui.courses_by_hand.what")),
        )
        self.db.execute(
            "INSERT INTO lms_tui.sso_people (user_id, issuer, last_at) VALUES (%s, %s, now())",
            (learner, h("lms_tui.sso_people.issuer")),
        )
        of_issuer = ("issuer", "nonce", "user_code", "address", "complete_address", "outcome")
        begun = {name: h(f"lms_tui.sso_sign_ins.{name}") for name in of_issuer}
        ends = {"next_at": "2001-01-01", "ends_at": "2001-01-01"}
        self.add("lms_tui.sso_sign_ins", secret=b"x", device_code=b"x", pause=5, **ends, **begun)
        fault = {"kind": h("lms_tui.mail.kind"), "fault": h("lms_tui.mail.fault")}
        self.add("lms_tui.mail", code_id=uuid4(), due=None, **fault)
        level = {"difficulty_level": h("ai_mentor_lessons.difficulty_level")}
        wants = {name: h(f"ai_mentor_lessons.{name}", ALL) for name in ("ai_prompt", "learning_objectives")}
        self.add("ai_mentor_lessons", lesson_id=lesson, **wants, **level)
        thread = self.add(
            "ai_mentor_threads", user_id=learner, lesson_id=lesson, thread_title=h("ai_mentor_threads.thread_title")
        )
        for role in ("user", h("ai_mentor_thread_messages.role"), "assistant"):
            said = {name: h(f"ai_mentor_thread_messages.{name}", 400) for name in ("content", "model_version")}
            self.add("ai_mentor_thread_messages", thread_id=thread, role=role, **said)
        names = ("learning_insights", "recommended_actions")
        found = {name: h(f"ai_mentor_student_lesson_progress.{name}", 400) for name in names}
        marks = {"understanding_level": 8, "engagement_score": 60}
        self.add("ai_mentor_student_lesson_progress", user_id=learner, lesson_id=lesson, **found, **marks)
        package = {name: h(f"scorm_metadata.{name}") for name in ("package_name", "version")}
        inside = Jsonb({"title": h("scorm_metadata.metadata", ALL)})
        scorm = self.add("scorm_metadata", course_id=self.course, metadata=inside, **package)
        files = {name: h(f"scorm_files.{name}") for name in ("file_path", "file_type")}
        self.add("scorm_files", metadata_id=scorm, **files)
        group = self.add("groups", name=h("groups.name"), characteristic=h("groups.characteristic", ALL))
        self.add("group_users", group_id=group, user_id=learner)

    def markdown(self) -> str:
        """Return a lesson in which every form of Markdown has something hostile, also as entities."""
        own = marker("lessons.description")
        say = self.hostile("lessons.description", ALL)
        return (
            f"# {own} heading&#27;[66;6n&#x202e;\n\n{say}\n\n- {own} item &#7;&#155;66;6n\n\n"
            f"```py\x1b[5m\n{own} = '\x1b[66;6n\x9b66;6n\u202e'\n```\n\n"
            f"| {own} a | b |\n|---|---|\n| \x1b[66;6n&#27;[66;6n | {own} \u2028 |\n\n"
            f"{own} [li&#27;[66;6nnk](http://evil.example/&#27;[66;6n&#10;&#x202e;qq 'x')\n\n"
            f"{own} ![a&#27;[66;6n](x&#27;.png)\n\n"
            f"{own} <a href='http://evil.example/&#27;c'>go</a> <br> note[^1]\n\n"
            f"<div>{own} &#27;[66;6n<pre>{own} &#27;[66;6n&#8238;&#7;</pre></div>\n\n[^1]: {own} &#27;[66;6n note\n"
        )

    def html(self) -> str:
        """Return a lesson as editors of rich text write it; what is an entity there is a control only when read."""
        own = marker("lessons.description")
        say = self.hostile("lessons.description", ALL)
        return (
            f"<h1>{own} heading &#27;[66;6n</h1><p>{say}</p><p>{own} &#27;[66;6n&#x9b;66;6n&#8238;&#7;</p>"
            f"<pre><code class='language-py&#27;[5m'>{own} &#27;[66;6n&#8238;&#7;&#8232;</code></pre>"
            f"<ul><li>{own} <a href='http://evil.example/&#27;[66;6n&#10;qq'>go &#27;[66;6n</a></li></ul>"
            f"<table><tr><th>{own} &#27;[66;6n</th></tr><tr><td>&#8238;</td></tr></table><script>{own}</script>"
        )
