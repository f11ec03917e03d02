"""Sessions, access, errors and the catalog, against a real PostgreSQL."""

from pathlib import Path
from uuid import uuid4

import pytest
from pwdlib.hashers.bcrypt import BcryptHasher

from lms_tui.service.passwords import WeakPasswordError, check_new
from lms_tui.service.tokens import keys_in
from lms_tui.service.usecases import USE_CASES
from lms_tui.wire.operation import Access
from lms_tui.wire.operations import ALL

from .conftest import House

pytestmark = pytest.mark.anyio


async def test_access_is_as_declared_for_nobody(house: House) -> None:
    for operation in ALL:
        if operation.name not in USE_CASES:
            continue
        path = operation.path
        for name in operation.path_fields:
            path = path.replace(f"{{{name}}}", str(uuid4()))
        status = (await house.http.request(operation.method, path)).status_code
        needs = (Access.GUEST, Access.SIGNED_IN, Access.STAFF, Access.ADMIN)
        expected = {**dict.fromkeys(needs, 401), Access.OWNER: 404}.get(operation.access)
        assert status == expected or (expected is None and status in (200, 400)), operation.name


async def test_sign_in_by_bcrypt_finds_the_address_in_another_case(house: House) -> None:
    user = house.person(email="Ada@Example.org", password_hash=BcryptHasher(rounds=4).hash("correct horse"))
    ask = {"email": " ada@example.ORG ", "password": "correct horse"}
    reply = (await house.http.post("/v1/sign-in", json=ask)).json()
    assert reply["user"]["id"] == str(user)
    me = await house.http.get("/v1/me", headers={"authorization": f"Bearer {reply['access']}"})
    assert me.json()["email"] == "Ada@Example.org"
    again = await house.http.post("/v1/refresh", json={"refresh": reply["refresh"]})
    assert again.status_code == 200
    assert (await house.http.post("/v1/refresh", json={"refresh": reply["access"]})).status_code == 401


async def test_failures_of_sign_in_are_byte_alike(house: House) -> None:
    known = BcryptHasher(rounds=4).hash("correct horse")
    house.person(email="a@x.org", password_hash=known)
    gone = house.person(email="gone@x.org", password_hash=known)
    house.db.execute("UPDATE users SET archived = true WHERE id = %s", (gone,))
    house.person(email="Twice@x.org", password_hash=known)
    house.person(email="twicE@x.org", password_hash=known)
    bodies = set()
    for email, password in (
        ("a@x.org", "wrong"),
        ("b@x.org", "wrong"),
        ("gone@x.org", "correct horse"),
        ("twice@x.org", "correct horse"),
    ):
        reply = await house.http.post("/v1/sign-in", json={"email": email, "password": password})
        bodies.add((reply.status_code, reply.content))
    assert len(bodies) == 1
    assert bodies.pop()[0] == 401


async def test_the_eleventh_try_of_an_address_waits(house: House) -> None:
    ask = {"email": "a@x.org", "password": "wrong"}
    codes = [(await house.http.post("/v1/sign-in", json=ask)).status_code for _ in range(11)]
    assert codes == [401] * 10 + [429]


async def test_a_session_ends_with_new_credentials_and_with_archiving(house: House) -> None:
    user, other = house.person(password_hash="!"), house.person()
    first, second = house.session(user), house.session(other)
    assert (await house.http.get("/v1/me", headers=first)).status_code == 200
    house.db.execute("UPDATE credentials SET updated_at = clock_timestamp()")
    house.db.execute("UPDATE users SET archived = true WHERE id = %s", (other,))
    assert (await house.http.get("/v1/me", headers=first)).status_code == 401
    assert (await house.http.get("/v1/me", headers=second)).status_code == 401


@pytest.mark.parametrize("sort", ["title", "newest", "price"])
async def test_pages_meet_both_ways(house: House, sort: str) -> None:
    author = house.person()
    made = {str(house.course(author, f"Course {number % 7}", price=number % 3)) for number in range(45)}
    house.course(author, "Draft", published=False)
    mine = house.session(author)

    async def page(**ask: str) -> dict[str, object]:
        reply = await house.http.get("/v1/catalog", params={"sort": sort, "size": "20", **ask}, headers=mine)
        assert reply.status_code == 200, reply.text
        return reply.json()  # type: ignore[no-any-return]

    pages = [await page()]
    while pages[-1]["next"]:
        pages.append(await page(after=str(pages[-1]["next"])))
    ids = [[card["id"] for card in found["courses"]] for found in pages]  # type: ignore[attr-defined]
    assert [len(found) for found in ids] == [20, 20, 5]
    assert {course for found in ids for course in found} == made
    back = await page(before=str(pages[2]["previous"]))
    assert [card["id"] for card in back["courses"]] == ids[1]  # type: ignore[attr-defined]
    last = await page(last="true")
    assert last["next"] is None
    assert [card["id"] for card in last["courses"]] == (ids[0] + ids[1] + ids[2])[-20:]  # type: ignore[attr-defined]


async def test_search_by_prefixes_price_and_category(house: House) -> None:
    author = house.person()
    course = house.course(author, "Relational Databases", price=100)
    house.course(author, "The shell")
    mine = house.session(author)
    for search, price, found in (
        ("data rel", "all", 1),
        ("data", "free", 0),
        ("data | shell", "all", 0),
        ("", "all", 2),
    ):
        ask = {"search": search, "price": price}
        page = (await house.http.get("/v1/catalog", params=ask, headers=mine)).json()
        counts = (await house.http.get("/v1/catalog/counts", params=ask, headers=mine)).json()
        assert (len(page["courses"]), counts["total"], counts["matching"]) == (found, found, found)
    row = house.db.execute("SELECT category_id FROM courses WHERE id = %s", (course,)).fetchone()
    assert row is not None
    narrowed = (await house.http.get("/v1/catalog/counts", params={"category_id": str(row[0])}, headers=mine)).json()
    assert (narrowed["total"], narrowed["matching"]) == (2, 1)


async def test_outline_progress_and_where_to_go_on(house: House) -> None:
    author, learner = house.person(), house.person()
    course = house.course(author, "Course")
    house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (learner, course))
    house.db.execute(
        "INSERT INTO student_lesson_progress (user_id, lesson_id, chapter_id, is_started, is_completed)"
        " SELECT %s, id, chapter_id, true, title = 'Lesson 1.1' FROM lessons"
        " WHERE title IN ('Lesson 1.1', 'Lesson 2.1')",
        (learner,),
    )
    seen = (await house.http.get(f"/v1/courses/{course}", headers=house.session(learner))).json()
    lessons = {lesson["title"]: lesson for chapter in seen["chapters"] for lesson in chapter["lessons"]}
    assert list(lessons) == ["Lesson 1.1", "Lesson 1.2", "Lesson 2.1", "Lesson 2.2"]
    assert lessons["Lesson 1.2"]["type"] == "quiz"
    assert lessons["Lesson 1.1"]["completed"]
    assert seen["resume_lesson"] == lessons["Lesson 2.1"]["id"]
    card = (await house.http.get("/v1/catalog", headers=house.session(learner))).json()["courses"][0]
    assert (card["chapters"], card["lessons"], card["completed_lessons"], card["enrolled"]) == (2, 4, 1, True)
    stranger = (await house.http.get(f"/v1/courses/{course}", headers=house.session(author))).json()
    assert (stranger["enrolled"], stranger["resume_lesson"]) == (False, None)


async def test_a_draft_is_missing_to_strangers_and_unavailable_to_its_learners(house: House) -> None:
    author, learner = house.person("ADMIN"), house.person()
    draft = house.course(author, "Draft", published=False)
    house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (learner, draft))
    hidden = await house.http.get(f"/v1/courses/{draft}", headers=house.session(author))
    missing = await house.http.get(f"/v1/courses/{uuid4()}", headers=house.session(author))
    assert (hidden.status_code, hidden.content) == (404, missing.content)
    assert (await house.http.get(f"/v1/courses/{draft}", headers=house.session(learner))).json()["code"] == (
        "course_unavailable"
    )


async def test_bad_requests_are_problems(house: House) -> None:
    mine = house.session(house.person())
    for path, status in (
        ("/v1/catalog?after=%21", 400),
        ("/v1/catalog?size=21", 400),
        ("/v1/catalog?nonsense=1", 400),
        ("/v1/catalog?sort=title&sort=price", 400),
        ("/v1/catalog?search=%00", 200),
        ("/v1/courses/1", 400),
        ("/v1/nowhere", 404),
    ):
        reply = await house.http.get(path, headers=mine)
        assert reply.status_code == status, path
        assert status == 200 or reply.headers["content-type"] == "application/problem+json"
    assert (await house.http.delete("/v1/me", headers=mine)).status_code == 405
    assert (await house.http.post("/v1/refresh", content=b"x" * 300_000)).status_code == 413
    assert (await house.http.post("/v1/refresh", json={"refresh": 1})).status_code == 400


async def test_health_and_openapi(house: House) -> None:
    assert (await house.http.get("/health")).json()["status"] == "ok"
    paths = (await house.http.get("/openapi.json")).json()["paths"]
    assert sum(len(methods) for methods in paths.values()) == len(ALL)


def test_key_file_is_made_once_and_refused_when_open(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    assert keys_in(folder) == keys_in(folder)
    assert [path.name for path in folder.iterdir()] == ["session-keys"]
    (folder / "session-keys").chmod(0o644)
    with pytest.raises(PermissionError):
        keys_in(folder)


@pytest.mark.parametrize(
    "password",
    ["short", "x" * 129, "Password123", "P@ssw0rd", "00000000", "qwertzuiop", "sunflower", "19870312", "lms-tui1"],
)
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(WeakPasswordError):
        check_new(password)


def test_a_password_about_the_person_is_refused_and_no_mix_of_characters_asked_for() -> None:
    about = ("grete.xylander@zwickau.example", "Grete", "Xylander")
    for password in ("Xylander1", "grete.xylander", "zwickau1", "Grete2024"):
        with pytest.raises(WeakPasswordError):
            check_new(password, about)
    check_new("xylander1 of another school", about)
    for good in ("four quiet green rooms", "kqzvwxjh", "汉字的密码很长啊呀", "four quiet green rooms " * 5):
        check_new(good, about)
