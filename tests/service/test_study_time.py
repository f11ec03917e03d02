"""Study time: added once, whatever is lost on the way, also from two machines with two terminals each."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import anyio
import msgspec
import pytest

from lms_tui.client.errors import Unreachable, from_problem
from lms_tui.client.study import StudyTold
from lms_tui.client.study_file import StudyFile
from lms_tui.wire.errors import Problem
from lms_tui.wire.statistics import StudyRequest, StudyTime

from .conftest import House
from .test_statistics import enrol, recount, standing

pytestmark = pytest.mark.anyio


async def put(house: House, user: UUID, course: UUID, seen: int, minutes: int) -> tuple[int, dict[str, Any]]:
    reply = await house.http.put(
        f"/v1/courses/{course}/study-time", json={"seen": seen, "minutes": minutes}, headers=house.session(user)
    )
    return reply.status_code, reply.json()


def minutes_of(house: House, user: UUID) -> tuple[Any, Any, Any]:
    """Minutes by course summed, the learner's sum, and the hours' sum."""
    row = house.db.execute(
        "SELECT (SELECT sum(study_time_minutes) FROM course_students_stats WHERE user_id = %(u)s),"
        " (SELECT total_study_time_minutes FROM user_statistics WHERE user_id = %(u)s),"
        " (SELECT sum(minutes) FROM lms_tui.study_hours WHERE user_id = %(u)s)",
        {"u": user},
    ).fetchone()
    assert row is not None
    return row


async def test_minutes_are_added_where_the_time_still_is_what_was_seen(house: House) -> None:
    user = house.person()
    one, two = house.course(house.person(), "One"), house.course(house.person(), "Two")
    enrol(house, user, one)
    enrol(house, user, two)
    assert (await put(house, user, one, 0, 5))[1] == {"course_id": str(one), "minutes": 5, "counted": True}
    assert (await put(house, user, one, 0, 5))[1] == {"course_id": str(one), "minutes": 5, "counted": False}
    assert (await put(house, user, one, 5, 0))[1] == {"course_id": str(one), "minutes": 5, "counted": False}
    assert (await put(house, user, one, 5, 2))[1]["minutes"] == 7
    assert (await put(house, user, two, 0, 3))[1]["minutes"] == 3
    assert minutes_of(house, user) == (10, 10, 10)
    kept = standing(house)
    await recount(house, [user], [one, two], enrolments=False)
    assert standing(house) == kept, "what was written on the way is what counting gives"


async def test_rows_that_another_program_left_out_are_made_and_true(house: House) -> None:
    user, course = house.person(), house.course(house.person(), "Course")
    enrol(house, user, course, 3)
    assert (await put(house, user, course, 0, 1))[1]["counted"]
    assert minutes_of(house, user) == (1, 1, 1)
    kept = standing(house)
    assert kept["user_statistics"][0][1:4] == (1, 1, 0)
    await recount(house, [user], [course], enrolments=False)
    assert standing(house) == kept


async def test_only_learners_of_a_course_that_is_there_have_study_time(house: House) -> None:
    user, author = house.person(), house.person()
    course, draft = house.course(author, "Course"), house.course(author, "Draft", published=False)
    assert await put(house, user, draft, 0, 1) == await put(house, user, UUID(int=7), 0, 1)
    assert (await put(house, user, draft, 0, 1))[0] == 404
    assert (await put(house, user, course, 0, 1))[1]["code"] == "enrol_first"
    enrol(house, user, draft)
    assert (await put(house, user, draft, 0, 1))[1]["code"] == "course_unavailable"
    for seen, minutes in ((-1, 1), (0, -1), (0, 1441), (2**31, 1)):
        assert (await put(house, user, course, seen, minutes))[0] == 400
    assert minutes_of(house, user) == (None, None, None)


async def test_the_time_stops_at_what_the_column_holds(house: House) -> None:
    user, course = house.person(), house.course(house.person(), "Course")
    enrol(house, user, course)
    house.db.execute(
        "INSERT INTO course_students_stats (course_id, user_id, study_time_minutes) VALUES (%s, %s, 2147483646)",
        (course, user),
    )
    assert (await put(house, user, course, 2147483646, 9))[1]["minutes"] == 2147483647


async def test_of_many_that_saw_the_same_one_is_counted(house: House) -> None:
    user, course = house.person(), house.course(house.person(), "Course")
    enrol(house, user, course)
    replies: list[bool] = []

    async def one() -> None:
        replies.append((await put(house, user, course, 0, 1))[1]["counted"])

    async with anyio.create_task_group() as group:
        for _ in range(12):
            group.start_soon(one)
    assert sorted(replies) == [False] * 11 + [True]
    assert minutes_of(house, user) == (1, 1, 1)


class Line:
    """The way to the service: it loses some requests before they arrive and some replies on their way back."""

    def __init__(self, house: House, user: UUID, chance: Callable[[], float], lost: float) -> None:
        self.house, self.headers = house, house.session(user)
        self.chance, self.lost = chance, lost
        self.unsure = 0

    async def call(self, _operation: object, request: StudyRequest) -> StudyTime:
        if self.chance() < self.lost:
            self.unsure += request.minutes
            raise Unreachable("lost before it arrived")
        reply = await self.house.http.put(
            f"/v1/courses/{request.course_id}/study-time",
            json={"seen": request.seen, "minutes": request.minutes},
            headers=self.headers,
        )
        if self.chance() < self.lost:
            self.unsure += request.minutes
            raise Unreachable("lost on the way back")
        if reply.status_code != 200:
            raise from_problem(msgspec.json.decode(reply.content, type=Problem))
        return msgspec.json.decode(reply.content, type=StudyTime)


@pytest.mark.parametrize(("machines", "lost"), [(1, 0.0), (1, 0.4), (2, 0.0), (2, 0.4)])
async def test_nothing_is_counted_twice_and_without_losses_nothing_is_missing(
    house: House, tmp_path: Path, machines: int, lost: float
) -> None:
    """Two terminals on each machine study one course, are killed and started again, for forty random courses of events.

    From one machine the sum is exact, whatever is lost. From two it is exact where no reply is lost; otherwise at most
    what was under way in lost replies can be missing.
    """
    course = house.course(house.person(), "Course")
    for seed in range(20):
        chance = random.Random(seed)  # noqa: S311 - a course of events, not a secret
        user = house.person()
        enrol(house, user, course)
        line = Line(house, user, chance.random, lost)
        files = [StudyFile(tmp_path / f"{seed}-{n}.sqlite", service="here", user=user) for n in range(machines)]
        terminals = [StudyTold(files[n // 2], line) for n in range(2 * machines)]  # type: ignore[arg-type]
        studied = 0
        for _ in range(12):
            at_once = chance.sample(range(len(terminals)), chance.randint(1, len(terminals)))
            async with anyio.create_task_group() as group:
                for one in at_once:
                    minutes = chance.randint(0, 3)
                    studied += minutes
                    group.start_soon(terminals[one].add, course, minutes)
            killed = chance.randrange(len(terminals))
            terminals[killed] = StudyTold(files[killed // 2], line)  # type: ignore[arg-type]
        line.lost = 0.0
        for _ in range(2):
            for terminal in terminals:
                await terminal.tell_all()
        assert [file.courses() for file in files] == [[]] * machines, "all is told in the end"
        counted, total, hours = minutes_of(house, user)
        assert counted == total == hours
        assert counted <= studied, f"seed {seed}: counted twice"
        missing = 0 if machines == 1 or lost == 0 else line.unsure
        assert counted >= studied - missing, f"seed {seed}: missing more than was lost on the way back"


async def test_what_a_killed_terminal_had_sent_is_settled_by_the_next(house: House, tmp_path: Path) -> None:
    user, course = house.person(), house.course(house.person(), "Course")
    enrol(house, user, course)
    line = Line(house, user, lambda: 1.0, 0.0)
    file = StudyFile(tmp_path / "study.sqlite", service="here", user=user)
    await StudyTold(file, line).add(course, 2)  # type: ignore[arg-type]
    file.add(course, 3)
    sent = file.next(course)
    assert sent is not None
    await line.call(None, sent.request)  # it arrives, and the terminal is killed before the reply
    assert file.next(course) is None, "another terminal waits for a while"
    with closing(sqlite3.connect(tmp_path / "study.sqlite", isolation_level=None)) as db:
        db.execute("UPDATE study SET claimed = 1")
    await StudyTold(file, line).tell_all()  # type: ignore[arg-type]
    assert minutes_of(house, user) == (5, 5, 5)
    file.settle(sent, StudyTime(course_id=course, minutes=2, counted=False))
    assert file.courses() == [], "an answer that comes too late frees nothing"
    assert (tmp_path / "study.sqlite").stat().st_mode & 0o777 == 0o600


async def test_seconds_of_several_runs_make_minutes_and_are_told_by_the_next(house: House, tmp_path: Path) -> None:
    user, course = house.person(), house.course(house.person(), "Course")
    enrol(house, user, course)
    line = Line(house, user, lambda: 1.0, 0.0)
    file = StudyFile(tmp_path / "study.sqlite", service="here", user=user)
    for seconds, told in ((59, 0), (59, 1), (59, 2), (3, 3), (125, 5), (54, 5), (1, 6)):
        run = StudyTold(file, line)  # type: ignore[arg-type]
        await run.keep(course, seconds)
        await StudyTold(file, line).tell_all()  # type: ignore[arg-type]
        assert (minutes_of(house, user)[0] or 0) == told
    assert file.courses() == []


async def test_a_file_of_an_earlier_build_takes_seconds(house: House, tmp_path: Path) -> None:
    user, course = house.person(), house.course(house.person(), "Course")
    enrol(house, user, course)
    with closing(sqlite3.connect(tmp_path / "study.sqlite", isolation_level=None)) as db:
        db.execute(
            "CREATE TABLE study (service TEXT NOT NULL, user TEXT NOT NULL, course TEXT NOT NULL,"
            " minutes INTEGER NOT NULL DEFAULT 0, seen INTEGER, sent INTEGER, tries INTEGER NOT NULL DEFAULT 0,"
            " claimed REAL NOT NULL DEFAULT 0, PRIMARY KEY (service, user, course)) WITHOUT ROWID"
        )
        db.execute(
            "INSERT INTO study (service, user, course, minutes) VALUES ('here', ?, ?, 2)", (str(user), str(course))
        )
    file = StudyFile(tmp_path / "study.sqlite", service="here", user=user)
    told = StudyTold(file, Line(house, user, lambda: 1.0, 0.0))  # type: ignore[arg-type]
    await told.keep(course, 61)
    await told.tell_all()
    assert minutes_of(house, user)[0] == 3


@pytest.mark.parametrize(("gone", "kept"), [("leave", False), ("archive", True)])
async def test_study_time_waits_for_a_course_that_is_away_and_goes_with_one_that_was_left(
    house: House, tmp_path: Path, gone: str, kept: bool
) -> None:
    user, course = house.person(), house.course(house.person(), "Course")
    enrol(house, user, course)
    if gone == "leave":
        house.db.execute("DELETE FROM student_courses")
    else:
        house.db.execute("UPDATE courses SET archived = true")
    file = StudyFile(tmp_path / "study.sqlite", service="here", user=user)
    await StudyTold(file, Line(house, user, lambda: 1.0, 0.0)).add(course, 2)  # type: ignore[arg-type]
    assert file.courses() == ([course] if kept else [])


async def test_a_disk_that_takes_nothing_disturbs_nobody(house: House, tmp_path: Path) -> None:
    user = house.person()
    file = StudyFile(tmp_path / "no" / "folder", service="here", user=user)
    told = StudyTold(file, Line(house, user, lambda: 1.0, 0.0))  # type: ignore[arg-type]
    await told.add(UUID(int=1), 2)
    await told.tell_all()
