"""A learner's threads with a mentor: opening it, reading by pages, titles, beginning anew, and who may."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from lms_tui.db.queries import mentor_facts
from lms_tui.mentor.settings import ProviderSettings
from lms_tui.rules.mentor_threads import answer_id
from lms_tui.service.settings import Mentor, Settings
from lms_tui.wire.mentor_threads import LONGEST_TITLE, MESSAGES_AT_ONCE, THREADS_AT_ONCE

from .conftest import House, housed
from .mentor_kit import OBJECTIVES, PROMPT, add_mentor, add_message, add_thread
from .quiz_kit import Json, code, good

pytestmark = pytest.mark.anyio


@dataclass
class Talk:
    """A learner who is enrolled, and a lesson with a mentor."""

    house: House
    course: UUID
    lesson: UUID
    other: UUID
    """A lesson of the course without a mentor."""
    quiz: UUID
    learner: UUID

    async def ask(self, method: str, path: str, body: Json | None = None, user: UUID | None = None) -> httpx.Response:
        """Ask as the learner, or as `user`."""
        headers = self.house.session(user or self.learner)
        return await self.house.http.request(method, path, json=body, headers=headers)

    async def opened(self) -> Json:
        """The mentor as it opens."""
        return good(await self.ask("GET", f"/v1/lessons/{self.lesson}/mentor"))

    async def page(self, thread: UUID, before: object = None) -> Json:
        """A page of a thread."""
        return good(await self.ask("GET", f"/v1/mentor/threads/{thread}{f'?before={before}' if before else ''}"))

    async def threads(self, before: object = None) -> Json:
        """A page of the list."""
        place = f"?before={before}" if before else ""
        return good(await self.ask("GET", f"/v1/lessons/{self.lesson}/mentor/threads{place}"))

    async def start_over(self, thread: UUID, user: UUID | None = None) -> httpx.Response:
        """Begin anew, whatever comes."""
        return await self.ask("PUT", f"/v1/lessons/{self.lesson}/mentor/threads/{thread}", {}, user)


@pytest.fixture
def talk(house: House) -> Talk:
    """Nothing is said yet."""
    author, learner = house.person("CONTENT_CREATOR"), house.person()
    course = house.course(author, "Joins")
    house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (learner, course))
    lessons = dict(house.db.execute("SELECT title, id FROM lessons").fetchall())
    add_mentor(house, lessons["Lesson 1.1"])
    add_mentor(house, lessons["Lesson 1.2"])
    return Talk(house, course, lessons["Lesson 1.1"], lessons["Lesson 2.1"], lessons["Lesson 1.2"], learner)


@pytest.mark.parametrize("blank", [None, "", " ", "\t", "\n", "\u00a0", "\u3000", " \u00a0\u3000\t\n"])
async def test_objectives_and_characteristics_that_are_blank_are_none(talk: Talk, blank: str | None) -> None:
    """As the rules have it, and the same in what is shown, what the mentor is told and whether a check can be asked."""
    house = talk.house
    house.db.execute(
        "WITH g AS (INSERT INTO groups (name, characteristic) VALUES ('Day', %s) RETURNING id)"
        " INSERT INTO group_users (group_id, user_id) SELECT id, %s FROM g",
        (blank, talk.learner),
    )
    house.db.execute("UPDATE ai_mentor_lessons SET learning_objectives = %s", (blank,))
    told = await talk.opened()
    assert not told["can_check"]
    assert (await talk.ask("GET", f"/v1/lessons/{talk.lesson}/mentor/checks")).status_code == 404
    assert told["sees"]["groups"] == []
    async with house.service.shared.pools.reader.connection() as connection:
        facts = await mentor_facts.facts(connection, talk.learner, talk.lesson)
    assert facts is not None
    assert facts.groups == []
    house.db.execute("UPDATE ai_mentor_lessons SET learning_objectives = %s", (f"{blank or ''}Know it.",))
    house.db.execute("UPDATE groups SET characteristic = %s", (f"{blank or ''}x",))
    told = await talk.opened()
    assert told["can_check"]
    assert told["sees"]["groups"] == ["Day"]


async def test_the_first_frame_has_all_that_it_needs(talk: Talk) -> None:
    house, learner = talk.house, talk.learner
    told = await talk.opened()
    assert (told["lesson_title"], told["course_title"], told["instructor"]) == ("Lesson 1.1", "Joins", "Ada L")
    assert told["sees"] == {"first_name": "Ada", "groups": [], "wrong_answers": 0}
    assert (told["thread"], told["threads"], told["messages"], told["earlier"]) == (None, 0, [], False)
    assert told["can_check"]
    house.db.execute(
        "WITH g AS (INSERT INTO groups (name, characteristic, archived) VALUES ('Day', ' ', NULL), ('Gone', 'x', true),"
        " ('Night', 'They work by day.', NULL) RETURNING id) INSERT INTO group_users (group_id, user_id)"
        " SELECT id, %s FROM g",
        (learner,),
    )
    attempt, quiz = uuid4(), talk.quiz
    for number in range(3):
        house.db.execute(
            "INSERT INTO questions (lesson_id, type, title) VALUES (%s, 'scale', %s)", (quiz, f"Question {number}")
        )
    house.db.execute(
        "INSERT INTO quiz_attempts (id, user_id, lesson_id, score, completed_at) VALUES (%s, %s, %s, 0, now())",
        (attempt, learner, quiz),
    )
    house.db.execute(
        "INSERT INTO student_question_answers (quiz_attempt_id, question_id, is_correct)"
        " SELECT %s, id, title = 'Question 1' FROM questions CROSS JOIN generate_series(1, 2)",
        (attempt,),
    )
    old = add_thread(house, learner, talk.lesson, active=False)
    add_message(house, old, "Before")
    add_thread(house, learner, talk.lesson, active=False)
    active = add_thread(house, learner, talk.lesson, title="Joins")
    add_message(house, active, "What is it?")
    told = await talk.opened()
    assert told["sees"] == {"first_name": "Ada", "groups": ["Night"], "wrong_answers": 2}
    async with house.service.shared.pools.reader.connection() as connection:
        facts = await mentor_facts.facts(connection, learner, talk.lesson)
    assert facts is not None
    assert (facts.first_name, len(facts.groups), len(facts.wrong)) == ("Ada", 1, 2), "what is said is what it is told"
    assert (told["thread"]["id"], told["thread"]["title"], told["thread"]["active"]) == (str(active), "Joins", True)
    assert ([one["text"] for one in told["messages"]], told["threads"]) == (["What is it?"], 2)
    house.db.execute("UPDATE quiz_attempts SET score = NULL")
    house.db.execute("UPDATE ai_mentor_lessons SET learning_objectives = ' '")
    told = await talk.opened()
    assert (told["sees"]["wrong_answers"], told["can_check"]) == (0, False)
    house.db.execute("UPDATE ai_mentor_lessons SET learning_objectives = 'Know it.'")
    assert not good(await talk.ask("GET", f"/v1/lessons/{quiz}/mentor"))["can_check"], "a quiz has its own judge"


async def test_whether_a_question_would_be_answered_is_said_before_it_is_asked(
    talk: Talk, database_url: str, tmp_path: Path
) -> None:
    names = ("ready", "why_not", "model", "tokens_today", "tokens_allowed", "opens_at")
    told = await talk.opened()
    assert [told[name] for name in names[2:]] == ["", 0, 0, None]
    assert (told["ready"], told["why_not"]) == (
        False,
        "No mentor is set up here. The lesson can be read and done without one.",
    )
    mentor = Mentor(ProviderSettings(base="http://127.0.0.1:9/v1", model="/srv/models/model-1"), tokens_per_day=100)
    async with housed(Settings(database_url, tmp_path / "other", mentor=mentor)) as house:
        talk = replace(talk, house=house)
        told = await talk.opened()
        assert [told[name] for name in names] == [True, "", "model-1", 0, 100, None]
        day = "(clock_timestamp() AT TIME ZONE 'UTC')::date"
        use = f"INSERT INTO lms_tui.mentor_usage (user_id, day, tokens) VALUES (%s, {day}, 99)"
        house.db.execute(use.encode(), (talk.learner,))
        told = await talk.opened()
        assert [told[name] for name in names] == [True, "", "model-1", 99, 100, None]
        house.db.execute("UPDATE lms_tui.mentor_usage SET tokens = 100")
        told = await talk.opened()
        assert (told["ready"], told["tokens_today"], told["tokens_allowed"]) == (False, 100, 100)
        assert told["why_not"].endswith("There is more tomorrow.")
        assert told["opens_at"].endswith("T00:00:00Z")


async def test_nothing_that_the_mentor_was_told_goes_out(talk: Talk) -> None:
    thread = add_thread(talk.house, talk.learner, talk.lesson)
    add_message(talk.house, thread, "What is it?")
    for role in ("system", "System", "developer", "tool"):
        add_message(talk.house, thread, f"summary:1 {PROMPT}", role)
    add_message(talk.house, thread, "It is a join.", "Assistant", tokens=12, model="model-1")
    replies = [await talk.ask("GET", f"/v1/lessons/{talk.lesson}/mentor{path}") for path in ("", "/threads")]
    replies.append(await talk.ask("GET", f"/v1/mentor/threads/{thread}"))
    for reply in replies:
        assert reply.status_code == 200
        assert "zanzibar" not in reply.text
        assert OBJECTIVES not in reply.text
    assert [(one["role"], one["tokens"], one["model"]) for one in replies[2].json()["messages"]] == [
        ("user", None, None),
        ("assistant", 12, "model-1"),
    ]
    assert replies[1].json()["threads"][0]["messages"] == 2


async def test_a_question_knows_its_answers_over_the_end_of_a_page_and_empty_ones_are_left_out(talk: Talk) -> None:
    house = talk.house
    thread = add_thread(house, talk.learner, talk.lesson)
    first = add_message(house, thread, "First?")
    add_message(house, thread, "", "assistant", id=answer_id(first, 1), model="m!cut")
    add_message(house, thread, "Half an ans", "assistant", id=answer_id(first, 2), model="m!cut")
    add_message(house, thread, "Another program's", "assistant")
    last = add_message(house, thread, "Last?")
    for number in range(1, MESSAGES_AT_ONCE + 2):
        add_message(
            house, thread, f"Answer {number}", "assistant", id=answer_id(last, number), model="m", tokens=number
        )
    newest = await talk.page(thread)
    assert newest["earlier"]
    assert [one["text"] for one in newest["messages"]] == [f"Answer {n}" for n in range(2, MESSAGES_AT_ONCE + 2)]
    before = await talk.page(thread, newest["messages"][0]["id"])
    assert not before["earlier"]
    assert [(one["text"], one["tries"], one["cut"], one["model"]) for one in before["messages"]] == [
        ("First?", 2, False, None),
        ("Half an ans", 0, True, "m"),
        ("Another program's", 0, False, None),
        ("Last?", MESSAGES_AT_ONCE + 1, False, None),
        ("Answer 1", 0, False, "m"),
    ]
    assert (await talk.opened())["messages"] == newest["messages"]


async def test_a_page_of_very_long_messages_is_shorter_and_nothing_is_missed(talk: Talk) -> None:
    thread = add_thread(talk.house, talk.learner, talk.lesson)
    for number in range(5):
        add_message(talk.house, thread, f"{number}{'ä' * 130_000}", "assistant")
    pages, before = [], None
    for _ in range(5):
        page = await talk.page(thread, before)
        pages.append([one["text"][0] for one in page["messages"]])
        before = page["messages"][0]["id"]
        if not page["earlier"]:
            break
    assert pages == [["2", "3", "4"], ["0", "1"]]
    talk.house.db.execute("UPDATE ai_mentor_thread_messages SET content = repeat('x', 2000000)")
    page = await talk.page(thread)
    assert ([len(one["text"]) for one in page["messages"]], page["earlier"]) == ([256 * 1024 + 1], True)


async def test_the_list_comes_by_pages_with_counts_and_first_words(talk: Talk) -> None:
    house = talk.house
    told = await talk.threads()
    assert (told["threads"], told["earlier"], told["lesson_title"]) == ([], False, "Lesson 1.1")
    for number in range(THREADS_AT_ONCE + 1):
        thread = add_thread(house, talk.learner, talk.lesson, active=False, title=f"Thread {number}")
        add_message(house, thread, f"Question {number} {'x' * 300}")
    add_message(house, thread, "Because.", "assistant")
    add_thread(house, talk.learner, talk.lesson, active=False, title="nothing was said")
    active = add_thread(house, talk.learner, talk.lesson, title="nothing was said yet")
    told = await talk.threads()
    lines = told["threads"]
    assert (lines[0]["thread"]["id"], lines[0]["messages"]) == (str(active), 0)
    assert [line["thread"]["title"] for line in lines[1:]] == [f"Thread {n}" for n in range(THREADS_AT_ONCE, 1, -1)]
    assert (lines[1]["messages"], len(lines[1]["begins"]), lines[1]["begins"][:12]) == (2, 200, "Question 100")
    assert told["earlier"]
    rest = await talk.threads(lines[-1]["thread"]["id"])
    assert ([line["thread"]["title"] for line in rest["threads"]], rest["earlier"]) == (["Thread 1", "Thread 0"], False)


async def test_own_words_stay_readable_whatever_becomes_of_the_course(talk: Talk) -> None:
    house = talk.house
    thread = add_thread(house, talk.learner, talk.lesson)
    add_message(house, thread, "What?")
    opening = f"/v1/lessons/{talk.lesson}/mentor"
    for change, refusal in (
        ("UPDATE courses SET is_published = false", "course_unavailable"),
        ("DELETE FROM student_courses", "not_found"),
        ("UPDATE courses SET is_published = true", "enrol_first"),
        ("UPDATE chapters SET archived = true", "not_found"),
    ):
        house.db.execute(change.encode())
        assert code(await talk.ask("GET", opening)) == refusal
        assert code(await talk.start_over(uuid4())) == refusal
        assert [one["text"] for one in (await talk.page(thread))["messages"]] == ["What?"]
        assert len((await talk.threads())["threads"]) == 1
        good(await talk.ask("PUT", f"/v1/mentor/threads/{thread}", {"title": refusal}))
    house.db.execute("DELETE FROM ai_mentor_threads")
    assert code(await talk.ask("GET", f"{opening}/threads")) == "not_found"


async def test_a_lesson_without_a_mentor(talk: Talk) -> None:
    for method, path in (("GET", ""), ("GET", "/threads"), ("PUT", f"/threads/{uuid4()}")):
        reply = await talk.ask(method, f"/v1/lessons/{talk.other}/mentor{path}", {} if method == "PUT" else None)
        assert (reply.status_code, reply.json()["detail"]) == (404, "There is no such mentor.")
    stranger = talk.house.person()
    for lesson in (talk.lesson, talk.other):
        assert code(await talk.ask("GET", f"/v1/lessons/{lesson}/mentor", user=stranger)) == "enrol_first"


async def test_a_title_is_given_checked_and_taken_away(talk: Talk) -> None:
    thread = add_thread(talk.house, talk.learner, talk.lesson)

    async def name(title: str, user: UUID | None = None) -> httpx.Response:
        return await talk.ask("PUT", f"/v1/mentor/threads/{thread}", {"title": title}, user)

    assert good(await name("  Outer joins "))["title"] == "Outer joins"
    assert good(await name("Ü" * LONGEST_TITLE))["title"] == "Ü" * LONGEST_TITLE
    for title, says in (("x" * (LONGEST_TITLE + 1), "200 characters at most"), ("a\x1b[5mb", "no control characters")):
        reply = await name(title)
        assert (code(reply), reply.json()["field"]) == ("name_refused", "title")
        assert says in reply.json()["detail"]
    stranger = talk.house.person()
    assert (await name("mine", stranger)).content == (
        await talk.ask("PUT", f"/v1/mentor/threads/{uuid4()}", {"title": "mine"})
    ).content
    assert good(await name(" "))["title"] == ""
    assert talk.house.db.execute("SELECT thread_title FROM ai_mentor_threads").fetchall() == [(None,)]


async def test_beginning_anew_twice_and_again_later(talk: Talk) -> None:
    first, second = uuid4(), uuid4()
    begun = good(await talk.start_over(first))
    assert begun == good(await talk.start_over(first))
    assert begun["active"]
    assert good(await talk.start_over(second))["active"]
    late = good(await talk.start_over(first))
    assert (late["id"], late["active"]) == (str(first), False), "what comes again late does not bring the old one back"
    assert (await talk.opened())["thread"]["id"] == str(second)
    add_mentor(talk.house, talk.other)
    elsewhere = await talk.ask("PUT", f"/v1/lessons/{talk.other}/mentor/threads/{first}", {})
    assert code(elsewhere) == "id_taken"
    stranger = talk.house.person()
    talk.house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (stranger, talk.course))
    assert code(await talk.start_over(second, stranger)) == "not_found"
    assert (await talk.opened())["thread"]["id"] == str(second)


async def test_one_thread_is_active_however_many_begin_at_once(talk: Talk) -> None:
    add_thread(talk.house, talk.learner, talk.lesson)
    for turn in range(1, 6):  # by the second the pool has all its connections
        wanted = [uuid4() for _ in range(20)]
        replies = await asyncio.gather(*(talk.start_over(one) for one in [*wanted, *wanted]))
        assert {reply.status_code for reply in replies} == {200}
        rows = talk.house.db.execute("SELECT id FROM ai_mentor_threads WHERE is_active IS NOT FALSE").fetchall()
        assert len(rows) == 1
        assert rows[0][0] in wanted
        assert talk.house.db.execute("SELECT count(*) FROM ai_mentor_threads").fetchone() == (1 + 20 * turn,)
