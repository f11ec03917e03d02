"""The outbox against the real service, over a line that loses replies, and across the death of its process."""

import asyncio
import os
import random
import stat
import sys
import time
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from lms_tui.client.api import Api
from lms_tui.client.delivery import Delivered
from lms_tui.client.errors import Refused
from lms_tui.client.outbox import Outbox
from lms_tui.client.outbox_items import place
from lms_tui.wire import catalog, quizzes
from lms_tui.wire.errors import Code
from lms_tui.wire.mentor import AskRequest
from tests.outbox.conftest import World
from tests.outbox.lossy import lossy_proxy

pytestmark = pytest.mark.anyio
SUBMISSIONS = int(os.environ.get("LMS_TUI_SUBMISSIONS", "6"))
"""Attempts over the lossy line; the proof takes 1,000: LMS_TUI_SUBMISSIONS=1000 pytest -n 0 -s -k lost_on_the_way."""


async def opened(path: Path, api: Api) -> Outbox:
    session = api.session
    assert session is not None
    outbox = Outbox(path, api, service="test", user=session.user.id)
    await outbox.open()
    return outbox


async def emptied(outbox: Outbox) -> None:
    """Wait until nothing waits, hurrying on as a user who presses `try again` would."""
    while outbox.counts().waiting:
        outbox.hurry()
        await outbox.settled()


async def started(api: Api, lesson: UUID) -> quizzes.Attempt:
    return await api.call(quizzes.START, quizzes.StartRequest(attempt_id=uuid4(), lesson_id=lesson))


def choosing(
    attempt: quizzes.Attempt, place: int, option: int, base: quizzes.SavedAnswer | None = None
) -> quizzes.AnswerRequest:
    question = attempt.questions[place]
    chosen = sorted(question.options, key=lambda shown: shown.text)[option]
    return quizzes.AnswerRequest(
        attempt_id=attempt.id,
        question_id=question.id,
        answer=quizzes.Answer(chosen=[chosen.id]),
        base=base.updated_at if base else None,
    )


async def test_replies_lost_on_the_way_back_lose_and_double_nothing(world: World, tmp_path: Path) -> None:
    front = tmp_path / "front.sock"
    direct = await world.owner()
    assert direct.session is not None
    lessons = world.quiz_lessons(direct.session.user.id, quizzes=SUBMISSIONS, questions=5)
    attempts = [await started(direct, lesson) for lesson in lessons]
    dice = random.Random(7)  # noqa: S311
    last: dict[UUID, UUID] = {}
    delivered: list[Delivered] = []
    began = time.monotonic()
    async with lossy_proxy(front, world.socket, share=0.3, seed=11) as lost:
        api = await world.owner(front)
        outbox = await opened(tmp_path / "outbox.sqlite", api)
        outbox.follow(delivered.append)
        for _round in range(3):  # each question is answered three times, while older answers are on their way
            for attempt in attempts:
                for place, question in enumerate(attempt.questions):
                    request = choosing(attempt, place, dice.randrange(3))
                    last[question.id] = request.answer.chosen[0]
                    await outbox.put(quizzes.ANSWER, request)
        for attempt in attempts:
            named = [question.id for question in attempt.questions]
            await outbox.put(quizzes.SUBMIT, quizzes.SubmitRequest(attempt_id=attempt.id, questions=named))
        await emptied(outbox)
        await outbox.close()
        await api.aclose()
    await direct.aclose()
    assert lost[0] > 10
    assert [d for d in delivered if isinstance(d.outcome, Refused)] == []
    rows = world.db.execute("SELECT question_id, selected_option_id FROM student_question_answers").fetchall()
    assert len(rows) == len(last)
    assert dict(rows) == last
    counted = world.db.execute("SELECT count(*), count(completed_at), count(score) FROM quiz_attempts").fetchone()
    assert counted == (SUBMISSIONS, SUBMISSIONS, SUBMISSIONS)
    print(f"{SUBMISSIONS} attempts, {len(rows)} answers, {lost[0]} replies lost, in {time.monotonic() - began:.0f} s")  # noqa: T201


async def test_only_the_newest_answer_goes_and_in_order_before_the_submission(world: World, tmp_path: Path) -> None:
    api = await world.owner()
    assert api.session is not None
    attempt = await started(api, world.quiz_lessons(api.session.user.id, 1, 2)[0])
    nowhere = Api(f"unix:{tmp_path / 'nobody.sock'}")
    nowhere.take(api.session)
    outbox = await opened(tmp_path / "outbox.sqlite", nowhere)
    for option in (2, 1, 0):
        await outbox.put(quizzes.ANSWER, choosing(attempt, 0, option))
    await outbox.put(quizzes.ANSWER, choosing(attempt, 1, 0))
    await outbox.settled()
    assert [request.answer for request in await outbox.pending(quizzes.ANSWER)] == [
        choosing(attempt, 0, 0).answer,
        choosing(attempt, 1, 0).answer,
    ]
    assert outbox.counts().waiting == 2
    await outbox.close()
    again = await opened(tmp_path / "outbox.sqlite", api)
    results: list[Delivered] = []
    again.follow(results.append)
    named = [question.id for question in attempt.questions]
    await again.put(quizzes.SUBMIT, quizzes.SubmitRequest(attempt_id=attempt.id, questions=named))
    await emptied(again)
    await again.close()
    await api.aclose()
    await nowhere.aclose()
    outcome = results[-1].outcome
    assert isinstance(outcome, quizzes.Result)
    assert (outcome.score, outcome.earned) == (100, 2)


async def test_a_refused_write_stays_and_holds_nobody_up(world: World, tmp_path: Path) -> None:
    api = await world.owner()
    assert api.session is not None
    attempt = await started(api, world.quiz_lessons(api.session.user.id, 1, 2)[0])
    stands = await api.call(quizzes.ANSWER, choosing(attempt, 0, 1))  # another terminal was here
    outbox = await opened(tmp_path / "outbox.sqlite", api)
    results: list[Delivered] = []
    outbox.follow(results.append)
    await outbox.put(quizzes.ANSWER, choosing(attempt, 0, 2))
    await outbox.put(quizzes.ANSWER, choosing(attempt, 1, 0))
    await emptied(outbox)
    assert (outbox.counts().waiting, outbox.counts().refused) == (0, 1)
    refusal, saved = (delivered.outcome for delivered in results)
    assert isinstance(refusal, Refused)
    assert refusal.code == Code.ANSWER_CONFLICT
    assert refusal.problem.stored == stands
    assert isinstance(saved, quizzes.SavedAnswer)
    await outbox.put(quizzes.ANSWER, choosing(attempt, 0, 2, stands))  # the learner chose their own
    await emptied(outbox)
    assert outbox.counts().refused == 0
    await outbox.close()
    await api.aclose()


async def test_nobody_elses_writes_go_out_and_others_see_a_number(world: World, tmp_path: Path) -> None:
    api = await world.owner()
    assert api.session is not None
    attempt = await started(api, world.quiz_lessons(api.session.user.id, 1, 1)[0])
    stranger = Outbox(tmp_path / "outbox.sqlite", Api("unix:/nowhere"), service="test", user=uuid4())
    await stranger.open()
    await stranger.put(quizzes.ANSWER, choosing(attempt, 0, 0))
    await stranger.settled()
    await stranger.close()
    mine = await opened(tmp_path / "outbox.sqlite", api)
    await mine.settled()
    counts = mine.counts()
    assert (counts.waiting, counts.others) == (0, 1)
    await mine.close()
    await api.aclose()
    assert world.db.execute("SELECT count(*) FROM student_question_answers").fetchone() == (0,)
    assert stat.S_IMODE((tmp_path / "outbox.sqlite").stat().st_mode) == 0o600


async def test_no_question_to_a_mentor_takes_the_place_of_another() -> None:
    asked = [
        AskRequest(lesson_id=UUID(int=1), message_id=UUID(int=at), thread_id=UUID(int=2), text="?") for at in (3, 4)
    ]
    (lane, slot), (other_lane, other_slot) = map(place, asked)
    assert lane == other_lane, "they go one after the other"
    assert slot != other_slot


async def test_only_what_may_wait_is_taken(world: World, tmp_path: Path) -> None:
    api = await world.owner()
    outbox = await opened(tmp_path / "outbox.sqlite", api)
    with pytest.raises(ValueError, match="cannot wait"):
        await outbox.put(catalog.PAGE, catalog.PageRequest())
    await outbox.close()
    await api.aclose()


async def test_a_killed_sender_leaves_all_to_the_next(world: World, tmp_path: Path) -> None:
    """A process that took the writes for sending and died hard holds none of them back."""
    api = await world.owner()
    assert api.session is not None
    attempt = await started(api, world.quiz_lessons(api.session.user.id, 1, 1)[0])
    nowhere = Api(f"unix:{tmp_path / 'nobody.sock'}")
    nowhere.take(api.session)
    outbox = await opened(tmp_path / "outbox.sqlite", nowhere)
    await outbox.put(quizzes.ANSWER, choosing(attempt, 0, 0))
    await outbox.settled()
    await outbox.close()
    claim = (
        "import os, sqlite3, sys; file = sqlite3.connect(sys.argv[1]);"
        "file.execute('UPDATE items SET claimed_by = ?', (os.getpid(),)); file.commit()"
    )
    died = await asyncio.create_subprocess_exec(sys.executable, "-c", claim, tmp_path / "outbox.sqlite")
    assert await died.wait() == 0
    again = await opened(tmp_path / "outbox.sqlite", api)
    await emptied(again)
    await again.close()
    await api.aclose()
    await nowhere.aclose()
    assert world.db.execute("SELECT count(*) FROM student_question_answers").fetchone() == (1,)


async def test_who_follows_late_hears_what_ended_since_the_opening(world: World, tmp_path: Path) -> None:
    api = await world.owner()
    assert api.session is not None
    attempt = await started(api, world.quiz_lessons(api.session.user.id, 1, 1)[0])
    outbox = await opened(tmp_path / "outbox.sqlite", api)
    await outbox.put(quizzes.ANSWER, choosing(attempt, 0, 0))
    await emptied(outbox)
    heard: list[Delivered] = []
    outbox.follow(heard.append)
    assert [type(each.outcome) for each in heard] == [quizzes.SavedAnswer]
    again: list[Delivered] = []
    outbox.follow(again.append)
    assert again == []
    await outbox.close()
    await api.aclose()


async def test_an_end_that_comes_with_a_waking_is_an_end(tmp_path: Path) -> None:
    """The sender pauses before its next try; being told to hurry and to end, it ends."""
    api = Api(f"unix:{tmp_path}/nobody")
    outbox = Outbox(tmp_path / "outbox.sqlite", api, service="test", user=uuid4())
    await outbox.open()
    await outbox.put(quizzes.SUBMIT, quizzes.SubmitRequest(attempt_id=uuid4(), questions=[]))
    await outbox.settled()
    await asyncio.sleep(0.1)
    outbox.hurry()
    done, _ = await asyncio.wait({asyncio.create_task(outbox.close())}, timeout=5)
    await api.aclose()
    assert done


async def test_a_look_into_it_counts_what_another_terminal_left(world: World, tmp_path: Path) -> None:
    api = await world.owner()
    assert api.session is not None
    attempt = await started(api, world.quiz_lessons(api.session.user.id, 1, 1)[0])
    path = tmp_path / "outbox.sqlite"
    here, there = await opened(path, api), await opened(path, api)
    await api.call(quizzes.SUBMIT, quizzes.SubmitRequest(attempt_id=attempt.id, questions=[attempt.questions[0].id]))
    await there.put(quizzes.ANSWER, choosing(attempt, 0, 0))
    await emptied(there)
    assert there.counts().refused == 1
    told: list[int] = []
    here.subscribe(lambda: told.append(here.counts().refused))
    assert len(await here.kept()) == 1
    assert here.counts().refused == 1
    assert told == [1], "the status line is told"
    await here.close()
    await there.close()
    await api.aclose()


async def test_what_is_forgotten_stands_nowhere_in_the_file_any_more(tmp_path: Path) -> None:
    api = Api(f"unix:{tmp_path}/nobody")
    user, said = uuid4(), "heliotrope " * 400
    outbox = Outbox(tmp_path / "outbox.sqlite", api, service="test", user=user)
    await outbox.open()
    await outbox.put(
        quizzes.ANSWER,
        quizzes.AnswerRequest(attempt_id=uuid4(), question_id=uuid4(), answer=quizzes.Answer(text=said), base=None),
    )

    def stands() -> bool:
        return any(b"heliotrope" in file.read_bytes() for file in tmp_path.glob("outbox.sqlite*"))

    await outbox.close()  # it stands in the file itself now, in place of the log beside it
    outbox = Outbox(tmp_path / "outbox.sqlite", api, service="test", user=user)
    await outbox.open()
    assert stands()
    # Debian's SQLite has it on. Its reply is read: while a statement goes on nothing can be vacuumed.
    await outbox._on_disk(lambda: outbox._file._db.execute("PRAGMA secure_delete=OFF").fetchall())
    await outbox.forget()
    assert not stands()
    await outbox.close()
    await api.aclose()
