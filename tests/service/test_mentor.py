"""Asking the mentor: one thread, one message, however often and from wherever it is sent."""

import asyncio
from uuid import UUID, uuid4

import pytest

from .conftest import House
from .mentor_asking import tutored
from .test_progress import enrolled, lessons_of

pytestmark = pytest.mark.anyio


async def test_a_question_stands_in_the_one_active_thread(house: House) -> None:
    here = tutored(house)
    first = (await here.ask("What is a join?")).json()
    assert (first["message"]["role"], first["message"]["text"], first["message"]["tries"]) == (
        "user",
        "What is a join?",
        0,
    )
    assert (first["thread"]["active"], first["thread"]["title"], first["thread"]["lesson_id"]) == (
        True,
        "",
        str(here.lesson),
    )
    thread, _ = await here.asked("And a left one?", thread=first["thread"]["id"])
    unknowing, _ = await here.asked("And a right one?")
    assert thread == unknowing == first["thread"]["id"], "who knows of no thread asks in the one that is active"
    assert [row[:2] for row in here.said()] == [
        ("user", "What is a join?"), ("user", "And a left one?"), ("user", "And a right one?"),
    ]  # fmt: skip


async def test_a_hundred_double_sends_are_one_message_in_one_thread(house: House) -> None:
    here, message, thread = tutored(house), uuid4(), uuid4()
    same = [here.ask("Once", message=message, thread=thread) for _ in range(100)]
    replies = await asyncio.gather(*same)
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.text for reply in replies}) == 1
    assert len(here.threads()) == len(here.said()) == 1
    others = await asyncio.gather(*(here.ask(f"Of terminal {number}") for number in range(100)))
    assert {reply.status_code for reply in others} == {200}
    assert len(here.threads()) == 1, "each terminal chose an id for a thread, and one was active already"
    assert len(here.said()) == 101


async def test_terminals_that_begin_at_once_begin_one_thread(house: House) -> None:
    here = tutored(house)
    replies = await asyncio.gather(*(here.ask(f"Of terminal {number}") for number in range(20)))
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.json()["thread"]["id"] for reply in replies}) == len(here.threads()) == 1


async def test_an_id_stands_for_one_thing(house: House) -> None:
    here = tutored(house)
    thread, message = await here.asked("One")
    assert (await here.ask("Two", message=message)).json()["code"] == "id_taken"
    stranger = enrolled(house, here.course)
    assert (await here.ask("One", message=message, user=stranger)).json()["code"] == "not_found"
    assert (await here.ask("One", thread=thread, user=stranger)).json()["code"] == "not_found"
    answer = here.says(thread, "One")
    assert (await here.ask("One", message=answer)).json()["code"] == "id_taken", "what the mentor said is no question"
    elsewhere = tutored(house, "Elsewhere")
    enrolled_there = (await here.ask("One", thread=thread, lesson=elsewhere.lesson)).json()["code"]
    assert enrolled_there == "enrol_first"
    house.db.execute(
        "INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (here.learner, elsewhere.course)
    )
    assert (await here.ask("One", thread=thread, lesson=elsewhere.lesson)).json()["code"] == "id_taken"
    assert len(here.said()) == 2


async def test_a_closed_thread_takes_no_questions(house: House) -> None:
    here = tutored(house)
    old, _ = await here.asked("One")
    house.db.execute("UPDATE ai_mentor_threads SET is_active = false")
    assert (await here.ask("Two", thread=old)).json()["code"] == "thread_closed"
    new, _ = await here.asked("Two")
    assert new != old
    assert (await here.ask("Three", thread=old)).json()["code"] == "thread_closed"
    assert [row[2] for row in here.threads()] == [False, True]


async def test_a_thread_of_another_program_is_active_unless_it_says_otherwise(house: House) -> None:
    here, other = tutored(house), uuid4()
    house.db.execute(
        "INSERT INTO ai_mentor_threads (id, user_id, lesson_id, is_active) VALUES (%s, %s, %s, NULL)",
        (other, here.learner, here.lesson),
    )
    thread, _ = await here.asked("One")
    assert thread == str(other)


async def test_editing_opens_a_thread_with_what_was_said_before(house: House) -> None:
    here = tutored(house)
    old, first = await here.asked("One")
    house.db.execute("UPDATE ai_mentor_threads SET thread_title = 'Joins and I'")
    here.says(old, "The first answer.")
    _, second = await here.asked("Tow", thread=old)
    here.says(old, "What is tow?")
    new = uuid4()
    reply = await here.ask("Two", thread=new, edits=second)
    assert reply.json()["thread"]["id"] == str(new)
    assert reply.json()["thread"]["title"] == "Joins and I"
    assert here.said(str(new)) == [
        ("user", "One", None),
        ("assistant", "The first answer.", "stub-1"),
        ("user", "Two", None),
    ]
    assert len(here.said(old)) == 4, "the old one can still be read"
    assert [row[2] for row in here.threads()] == [False, True]
    again = await here.ask("Two", thread=new, edits=second, message=UUID(reply.json()["message"]["id"]))
    assert again.json() == reply.json()
    assert (await here.ask("Three", edits=first)).json()["code"] == "thread_closed", "it stands in the old one"
    assert (await here.ask("Three", edits=uuid4())).json()["code"] == "not_found"
    stranger = enrolled(house, here.course)
    assert (await here.ask("Three", edits=second, user=stranger)).json()["code"] == "not_found"


async def test_copies_cost_nothing_once_more(house: House) -> None:
    here = tutored(house)
    old, _ = await here.asked("One")
    here.says(old, "The first answer.")
    house.db.execute("UPDATE ai_mentor_thread_messages SET tokens_used = 100 WHERE role = 'assistant'")
    _, second = await here.asked("Tow", thread=old)
    await here.asked("Two", edits=second)
    assert house.db.execute("SELECT sum(tokens_used) FROM ai_mentor_thread_messages").fetchone() == (100,)


async def test_who_may_ask(house: House) -> None:
    here = tutored(house)
    lessons = lessons_of(house, here.course)
    assert (await here.ask(user=house.person())).json()["code"] == "enrol_first", "free to read, but not enrolled"
    assert (await here.ask(lesson=lessons["Lesson 2.1"])).json()["detail"] == "There is no such mentor."
    assert (await here.ask(lesson=uuid4())).json()["code"] == "not_found"
    house.db.execute("UPDATE courses SET is_published = false")
    assert (await here.ask()).json()["code"] == "course_unavailable"
    assert (await here.ask(user=house.person())).json()["code"] == "not_found"
    assert not here.said()
    assert not here.threads()


@pytest.mark.parametrize("text", ["", "  \n\t ", "x" * 20_001])
async def test_what_is_no_question_is_refused(house: House, text: str) -> None:
    here = tutored(house)
    assert (await here.ask(text)).json()["code"] == "bad_request"
    assert not here.threads()
