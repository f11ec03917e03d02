"""`lms-tui stats`: one's own numbers and those of a course, as lists, JSON and CSV."""

import csv
import io
from uuid import UUID

import pytest

from lms_tui.cli.main import main
from lms_tui.cli.stats import _guarded

from .conftest import Twin

FORMULA = "=HYPERLINK(1)"


@pytest.fixture
def course(twin: Twin) -> UUID:
    """A course of the learner's own, who learns in it too, with 120 others; one of them has a name like a formula."""
    twin.house.db.execute("UPDATE users SET role = 'CONTENT_CREATOR' WHERE id = %s", (twin.learner,))
    course = twin.house.course(twin.learner, "Joins")
    twin.house.db.execute(
        "WITH u AS (INSERT INTO users (email, first_name, last_name) SELECT n || '@x.org', CASE n WHEN 7 THEN %s ELSE"
        " 'P' || to_char(n, 'FM000') END, '' FROM generate_series(1, 120) n RETURNING id)"
        " INSERT INTO student_courses (user_id, course_id) SELECT id, %s FROM u UNION SELECT %s::uuid, %s",
        (FORMULA, course, twin.learner, course),
    )
    twin.house.db.execute(
        "INSERT INTO student_lesson_progress (user_id, lesson_id, chapter_id, is_started, is_completed, completed_at)"
        " SELECT %s, id, chapter_id, true, true, now() FROM lessons WHERE title = 'Lesson 1.1'",
        (twin.learner,),
    )
    twin.house.db.execute(
        "WITH g AS (INSERT INTO groups (name) VALUES ('Monday') RETURNING id) INSERT INTO group_users"
        " (group_id, user_id) SELECT g.id, u.id FROM g, users u WHERE u.first_name = 'P003'"
    )
    return course


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_ones_own_weeks(twin: Twin, course: UUID) -> None:
    told = twin.json("stats")
    assert (told["streak"]["days"], len(told["weeks"]), told["weeks"][-1]["lessons"]) == (1, 12, 1)
    assert len(twin.columns("stats", "--weeks", "3")) == 3
    assert twin.columns("stats")[-1][1] == "1"
    assert table(twin.say("stats", "--csv"))[-1]["lessons"] == "1"


def test_a_course_by_lesson_by_name_and_by_id(twin: Twin, course: UUID) -> None:
    rows = twin.columns("stats", "course", "joins")
    assert [row[1] for row in rows] == ["Lesson 1.1", "Lesson 1.2", "Lesson 2.1", "Lesson 2.2"]
    assert rows[0][3:5] == ["1", "1"]
    assert twin.json("stats", "course", str(course))["enrolled"] == 121
    assert table(twin.say("stats", "course", "Joins", "--csv"))[0]["done"] == "1"
    assert twin.json("stats", "course", "Joins", "--group", "monday")["enrolled"] == 1
    twin.say("stats", "course", "Joins", "--group", "Friday", code=2)
    assert "There are: Monday" in twin.errors
    twin.say("stats", "course", "Splits", code=2)
    assert "Splits" in twin.errors


def test_learners_come_page_by_page_and_no_cell_is_a_formula(twin: Twin, course: UUID) -> None:
    rows = table(twin.say("stats", "learners", "Joins", "--csv"))
    assert len(rows) == 121
    assert [row["name"] for row in rows if "HYPERLINK" in row["name"]] == [f"'{FORMULA}"]
    assert len(twin.columns("stats", "learners", "Joins")) == 121
    first = twin.json("stats", "learners", "Joins", "--sort", "progress", "--descending")[0]
    assert (first["id"], first["completed_lessons"]) == (str(twin.learner), 1)
    assert twin.say("stats", "learners", "Joins", "--group", "nobody's", "--csv", code=2) == "", "no header before it"


def test_questions_and_courses(twin: Twin, course: UUID) -> None:
    assert twin.json("stats", "questions", "Joins")["questions"] == []
    assert len(table(twin.say("stats", "questions", "Joins", "--csv"))) == 0
    assert [row[1] for row in twin.columns("stats", "courses")] == ["Joins"]
    assert twin.json("stats", "courses")[0]["title"] == "Joins"


def test_counting_anew_is_an_administrators_or_the_databases(twin: Twin, course: UUID) -> None:
    twin.say("stats", "refresh", code=1)
    assert "administrator" in twin.errors
    info = twin.house.db.info
    url = f"postgresql://{info.user}@/{info.dbname}?host={info.host}&port={info.port}"
    told = twin.json("stats", "refresh", "--database", url)
    assert told["mended"] > 0
    assert "All was true already." in twin.say("stats", "refresh", "--database", url)
    twin.house.db.execute("UPDATE users SET role = 'ADMIN' WHERE id = %s", (twin.learner,))
    assert twin.json("stats", "refresh")["mended"] == 0


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1"])
def test_every_beginning_of_a_formula_is_guarded(text: str) -> None:
    (cell,) = _guarded([text])
    assert not str(cell).lstrip(" ").startswith(("=", "+", "-", "@", "\t"))
    assert _guarded([-5, None, True, "a=b"]) == [-5, "", True, "a=b"]


def test_json_and_csv_are_not_asked_for_together() -> None:
    with pytest.raises(SystemExit):
        main(["stats", "--json", "--csv"])
