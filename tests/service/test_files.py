"""Files of courses: in a folder and in a bucket, links and who gets them, the bytes that a link opens."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import anyio
import httpx
import pytest

import lms_tui.service.serve as serving
from lms_tui.cli.main import main
from lms_tui.courses.ids import lesson_id as lesson_row
from lms_tui.courses.model import Lesson
from lms_tui.local.host import serve
from lms_tui.service.settings import Bucket, Settings
from lms_tui.service.store import Found, StoredFile, is_plain
from lms_tui.service.streaming import part

from .bucket_server import bucket_server, new_bucket
from .conftest import House, housed
from .import_kit import Folder, imported, one, page, stored

pytestmark = pytest.mark.anyio

FILM = bytes(range(256)) * 12_000  # three megabytes: more than one piece
PICTURE = b"\x89PNG\r\n\x1a\n picture"
OTHERS = b"%PDF another"


@pytest.fixture(scope="session")
def buckets() -> Iterator[str]:
    with bucket_server() as address:
        yield address


@pytest.fixture(params=["folder", "bucket"])
async def shelf(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A service whose files are in a folder, and one whose files are in a bucket."""
    bucket = new_bucket(request.getfixturevalue("buckets")) if request.param == "bucket" else None
    async with housed(Settings(database_url, tmp_path / "secrets", bucket=bucket)) as made:
        yield made


class Course:
    """A free course with a film, a page with two pictures of which one is missing, and a page with a document."""

    def __init__(self, root: Path) -> None:
        self.folder = Folder(root)
        (root / "one" / "plan one.png").write_bytes(PICTURE)
        (root / "one" / "film.mp4").write_bytes(FILM)
        (root / "one" / "more.pdf").write_bytes(OTHERS)
        body = "![the plan](<plan one.png>)\n\n![again](plan%20one.png)\n\n![gone](gone.png)\n\n[more](more.pdf)"
        self.folder.write("one/a.md", page("A: <b>page</b>/x", body=body))
        self.folder.write("one/b.md", page("B", 'type = "video"\nfile = "film.mp4"'))

    def row(self, path: str) -> UUID:
        return lesson_row(self.folder.id, Lesson(key=path, title="", source=path))


async def brought(shelf: House, tmp_path: Path) -> tuple[Course, UUID]:
    """Import the course; return it and a learner of it."""
    course, author = Course(tmp_path / "course"), shelf.person("CONTENT_CREATOR")
    await imported(shelf, author, course.folder.root)
    learner = shelf.person()
    shelf.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (learner, course.folder.id))
    return course, learner


async def files_of(shelf: House, user: UUID, lesson: UUID) -> dict[str, Any]:
    reply = await shelf.http.get(f"/v1/lessons/{lesson}/files", headers=shelf.session(user))
    assert reply.status_code == 200, reply.text
    return reply.json()  # type: ignore[no-any-return]


async def film(shelf: House, tmp_path: Path) -> str:
    course, learner = await brought(shelf, tmp_path)
    link: str = (await files_of(shelf, learner, course.row("one/b.md")))["file"]["link"]
    return link


async def test_a_lesson_has_links_to_its_own_file_and_to_those_that_its_text_names(
    shelf: House, tmp_path: Path
) -> None:
    course, learner = await brought(shelf, tmp_path)
    told = await files_of(shelf, learner, course.row("one/b.md"))
    link = told["file"].pop("link")
    version = hashlib.sha256(FILM).hexdigest()
    own = {"source": "", "name": "B.mp4", "kind": "mp4", "version": version, "size": len(FILM)}
    assert told == {"file": own, "file_missing": False, "named": []}
    got = await shelf.http.get(link)  # without a session
    assert (got.status_code, got.content == FILM) == (200, True)
    assert got.headers["content-type"] == "video/mp4"
    assert got.headers["content-disposition"] == "inline; filename=\"B.mp4\"; filename*=UTF-8''B.mp4"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["etag"] == f'"{version}"'
    assert "sandbox" in got.headers["content-security-policy"]

    named = (await files_of(shelf, learner, course.row("one/a.md")))["named"]
    text = one(shelf, "SELECT description FROM lessons WHERE id = %s", course.row("one/a.md"))
    assert [(file["name"], file["kind"], file["size"]) for file in named] == [
        ("A b page b x 1.png", "png", None),
        ("A b page b x 2.pdf", "pdf", None),
    ]
    assert all(f"]({file['source']})" in text for file in named)
    assert [(await shelf.http.get(file["link"])).content for file in named] == [PICTURE, OTHERS]


async def test_parts_of_a_file(shelf: House, tmp_path: Path) -> None:
    link, size = await film(shelf, tmp_path), len(FILM)
    for asked, start, end in (
        ("bytes=0-0", 0, 1),
        ("bytes=5-1048580", 5, 1048581),
        ("bytes=3071990-", 3071990, size),
        ("bytes=-7", size - 7, size),
        ("bytes=10-99999999", 10, size),
    ):
        got = await shelf.http.get(link, headers={"range": asked})
        assert (got.status_code, got.headers["content-range"]) == (206, f"bytes {start}-{end - 1}/{size}"), asked
        assert got.content == FILM[start:end], asked
    beyond = await shelf.http.get(link, headers={"range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"], beyond.content) == (416, f"bytes */{size}", b"")
    whole = await shelf.http.get(link, headers={"range": "bytes=0-1,5-6"})
    assert (whole.status_code, len(whole.content)) == (200, size)
    older = await shelf.http.get(link, headers={"range": "bytes=0-0", "if-range": '"another"'})
    assert (older.status_code, len(older.content)) == (200, size)
    same = await shelf.http.get(link, headers={"range": "bytes=0-0", "if-range": whole.headers["etag"]})
    assert same.status_code == 206
    head = await shelf.http.head(link)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(size), b"")


@pytest.mark.parametrize(
    ("header", "found"),
    [("bytes=0-4", (0, 5)), ("bytes= 0 - 4", (0, 5)), ("bytes=4-2", None), ("items=0-4", None), ("bytes=-", None)],
)
def test_what_is_no_single_range_is_passed_over(header: str, found: tuple[int, int] | None) -> None:
    assert part(header, 10) == found


def test_nothing_of_an_empty_file_can_be_asked_for() -> None:
    for header in ("bytes=0-", "bytes=-0", "bytes=-5"):
        with pytest.raises(ValueError, match="nothing"):
            part(header, 0)


async def test_a_link_that_is_altered_over_foreign_or_leads_astray_is_one_404(shelf: House, tmp_path: Path) -> None:
    link = await film(shelf, tmp_path)
    tokens, now = shelf.service.shared.tokens, datetime.now(UTC)
    later = now + timedelta(hours=1)
    (tmp_path / "outside.txt").write_text("secret")
    key = one(shelf, "SELECT file_s3_key FROM lessons WHERE title = 'B'")
    head, last = link[:-1], link[-1]
    foreign = type(tokens)((b"another key that is long enough...",))
    wrong = [
        head + ("A" if last != "A" else "B"),
        link + "A",
        "/v1/files/" + link.rsplit("/", 1)[1].swapcase(),
        "/v1/files/x",
        "/v1/files/" + tokens.sign("access", uuid4(), now),
        "/v1/files/" + tokens.sign_link(key, "B.mp4", now - timedelta(seconds=1)),
        "/v1/files/" + foreign.sign_link(key, "B.mp4", later),
        "/v1/files/" + tokens.sign_link(key[:-5], "B.mp4", later),
        "/v1/files/..%2F..%2Foutside.txt",
        *(
            "/v1/files/" + tokens.sign_link(bad, "x.txt", later)
            for bad in ("../outside.txt", "courses/../../outside.txt", "/etc/passwd", "", ".", "courses", "a\\..\\b")
        ),
    ]
    bodies = {(got.status_code, got.content) for got in [await shelf.http.get(address) for address in wrong]}
    assert len(bodies) == 1, bodies
    assert bodies.pop()[0] == 404
    assert (await shelf.http.get(link)).status_code == 200


async def test_a_link_is_no_session(shelf: House, tmp_path: Path) -> None:
    link = (await film(shelf, tmp_path)).rsplit("/", 1)[1]
    reply = await shelf.http.get("/v1/me", headers={"authorization": f"Bearer {link}"})
    assert reply.status_code == 401


async def test_a_link_ends_by_the_database_s_clock(shelf: House, tmp_path: Path) -> None:
    course, learner = await brought(shelf, tmp_path)
    files = await files_of(shelf, learner, course.row("one/a.md"))
    verify = shelf.service.shared.tokens.verify_link
    picture = verify(files["named"][0]["link"].rsplit("/", 1)[1])
    played = verify((await files_of(shelf, learner, course.row("one/b.md")))["file"]["link"].rsplit("/", 1)[1])
    now = one(shelf, "SELECT clock_timestamp()")
    assert picture is not None
    assert played is not None
    assert timedelta(minutes=9) < picture.ends_at - now <= timedelta(minutes=10)
    assert timedelta(minutes=179) < played.ends_at - now <= timedelta(hours=3)


async def test_links_are_for_those_who_may_read_the_lesson(house: House, tmp_path: Path) -> None:
    course, learner = await brought(house, tmp_path)
    stranger, lesson = house.person(), course.row("one/a.md")

    async def asked(user: UUID, address: str = f"/v1/lessons/{lesson}/files") -> tuple[int, str]:
        reply = await house.http.get(address, headers=house.session(user))
        return reply.status_code, reply.json().get("code", "")

    assert await asked(learner) == (200, "")
    assert await asked(stranger) == (403, "enrol_first"), "the course has a price"
    house.db.execute("UPDATE courses SET price_in_cents = 0")
    assert await asked(stranger) == (200, "")
    house.db.execute("UPDATE courses SET is_published = false")
    assert await asked(stranger) == (404, "not_found")
    assert await asked(learner) == (403, "course_unavailable")
    assert await asked(stranger, f"/v1/courses/{course.folder.id}/thumbnail") == (404, "not_found")
    house.db.execute("UPDATE courses SET is_published = true")
    house.db.execute("UPDATE chapters SET archived = true")
    assert await asked(learner) == (404, "not_found")
    assert await asked(learner, f"/v1/lessons/{uuid4()}/files") == (404, "not_found")
    assert await asked(learner, f"/v1/courses/{uuid4()}/thumbnail") == (404, "not_found")


async def test_a_text_reaches_no_file_of_another_course(house: House, tmp_path: Path) -> None:
    course, learner = await brought(house, tmp_path)
    other = house.course(house.person(), "Other")
    house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (learner, other))
    key = one(house, "SELECT file_s3_key FROM lessons WHERE title = 'B'")
    tries = f"![x]({key}) ![y](courses/{other}/../{course.folder.id}/x.png) ![z](x/courses/{other}/{'0' * 64}.png)"
    house.db.execute(
        "UPDATE lessons SET description = %s FROM chapters c WHERE c.id = chapter_id AND c.course_id = %s",
        (tries, other),
    )
    lesson = one(house, "SELECT l.id FROM lessons l JOIN chapters c ON c.id = chapter_id WHERE course_id = %s", other)
    assert await files_of(house, learner, lesson) == {"file": None, "file_missing": False, "named": []}


async def test_a_file_that_is_gone_is_told_and_one_that_is_elsewhere_is_a_link(house: House, tmp_path: Path) -> None:
    course, learner = await brought(house, tmp_path)
    film = course.row("one/b.md")
    house.db.execute("UPDATE lessons SET file_s3_key = 'films/gone.mp4' WHERE id = %s", (film,))
    assert await files_of(house, learner, film) == {"file": None, "file_missing": True, "named": []}
    house.db.execute("UPDATE lessons SET file_s3_key = 'https://example.org/x.mp4' WHERE id = %s", (film,))
    assert await files_of(house, learner, film) == {"file": None, "file_missing": False, "named": []}


async def test_another_program_s_objects_open_by_whatever_name_they_have(shelf: House, tmp_path: Path) -> None:
    course, learner = await brought(shelf, tmp_path)
    film = course.row("one/b.md")
    own = tmp_path / "own"
    own.write_bytes(b"<script>alert(1)</script>")
    await shelf.service.shared.store.keep([StoredFile("Ünser Film/teil 1.HTML", "html", own)])
    shelf.db.execute("UPDATE lessons SET file_s3_key = 'Ünser Film/teil 1.HTML' WHERE id = %s", (film,))
    file = (await files_of(shelf, learner, film))["file"]
    assert (file["name"], file["kind"], file["size"], len(file["version"])) == ("B.html", "html", 25, 64)
    got = await shelf.http.get(file["link"])
    assert got.headers["content-type"] == "application/octet-stream", "HTML is saved, never run"
    assert got.headers["content-disposition"].startswith("attachment;")
    shelf.db.execute("UPDATE lessons SET file_s3_key = 'x' || repeat('/x', 99), file_type = 'application/pdf'")
    assert (await files_of(shelf, learner, film))["file_missing"] is True


async def test_importing_again_sends_nothing_again(shelf: House, tmp_path: Path) -> None:
    course, author = Course(tmp_path / "course"), shelf.person("CONTENT_CREATOR")
    await imported(shelf, author, course.folder.root)
    found = await shelf.service.shared.store.find(one(shelf, "SELECT file_s3_key FROM lessons WHERE title = 'B'"))
    assert found is not None
    assert (found.size, found.version) == (len(FILM), hashlib.sha256(FILM).hexdigest())
    again = StoredFile(found.key, "mp4", tmp_path / "is read by nobody")
    await shelf.service.shared.store.keep([again])
    if shelf.service.shared.settings.bucket is None:
        assert len(stored(shelf)) == 3


async def test_a_store_that_does_not_answer_is_told_and_nothing_is_imported(database_url: str, tmp_path: Path) -> None:
    with bucket_server() as server:
        bucket = new_bucket(server)
    async with housed(Settings(database_url, tmp_path / "secrets", bucket=bucket)) as house:
        course, author = Course(tmp_path / "course"), house.person("CONTENT_CREATOR")
        with pytest.raises(AssertionError, match="store of files does not take"):
            await imported(house, author, course.folder.root)
        assert one(house, "SELECT count(*) FROM courses") == 0
        link = house.service.shared.tokens.sign_link("courses/x.pdf", "x.pdf", datetime.now(UTC) + timedelta(hours=1))
        got = await house.http.get(f"/v1/files/{link}")
        assert (got.status_code, got.json()["detail"]) == (
            503,
            "The store of files does not answer. Try again in a moment.",
        )
        assert server.removeprefix("http://") not in got.text


def test_names_of_objects_that_are_none() -> None:
    assert all(map(is_plain, ("a", "a/b.c", "Ünser Film/teil 1.mp4")))
    assert not any(
        map(is_plain, ("", "/a", "a/", "a//b", "../a", "a/./b", "a\nb", "a\x00", "x" * 201, "ü" * 128, "a\\b"))
    )


async def test_a_reader_that_goes_away_ends_the_reading(database_url: str, tmp_path: Path) -> None:
    """Over a real socket: a film that somebody stops watching is not read to its end."""
    async with housed(Settings(database_url, tmp_path / "secrets")) as house:
        big = tmp_path / "big"
        with big.open("wb") as file:
            file.truncate(300 * 2**20)
        ready = asyncio.Event()
        running = asyncio.create_task(serve(house.service, tmp_path / "s", on_ready=ready.set))
        await ready.wait()
        with anyio.fail_after(10):
            async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(tmp_path / "s"))) as http:
                await http.get("http://service/health")  # by then it has opened its own store
        store, read = house.service.shared.store, 0
        await store.keep([StoredFile("big.mp4", "mp4", big)])
        pieces = store.pieces

        async def counted(found: Found, start: int, end: int) -> AsyncIterator[bytes]:
            nonlocal read
            async for piece in pieces(found, start, end):
                read += len(piece)
                yield piece

        store.pieces = counted  # type: ignore[method-assign]
        link = house.service.shared.tokens.sign_link("big.mp4", "big.mp4", datetime.now(UTC) + timedelta(hours=1))
        async with (
            httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(tmp_path / "s"))) as http,
            http.stream("GET", f"http://service/v1/files/{link}") as got,
        ):
            assert got.headers["content-length"] == str(300 * 2**20)
            async for _ in got.aiter_raw():
                break
        await asyncio.sleep(0.3)
        seen = read
        assert 0 < seen < 100 * 2**20
        await asyncio.sleep(0.3)
        assert read == seen
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def test_a_service_keeps_files_where_environment_and_file_say(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun: list[Settings] = []

    def begin(settings: Settings, *_: object, **_options: object) -> int:
        begun.append(settings)
        return 0

    monkeypatch.setattr(serving, "serve", begin)
    monkeypatch.setenv("LMS_TUI_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text('files_key = "me"\nfiles_secret = "hush"\n')
    command = ["serve", "--database", database_url, "--port", "0", "--secrets", str(tmp_path / "secrets")]
    monkeypatch.setenv("LMS_TUI_FILES_BUCKET", "courses")
    monkeypatch.setenv("LMS_TUI_FILES_ENDPOINT", "https://s3.example.org")
    assert main(command) == 2, "others can read the secret"
    assert "chmod 600" in capsys.readouterr().err
    (tmp_path / "config.toml").chmod(0o600)
    assert main(command) == 0
    assert begun[0].bucket == Bucket("courses", "https://s3.example.org", None, "me", "hush")
    assert "hush" not in repr(begun[0])
    monkeypatch.delenv("LMS_TUI_FILES_BUCKET")
    monkeypatch.setenv("LMS_TUI_FILES_FOLDER", str(tmp_path / "elsewhere"))
    assert main(command) == 0
    assert (begun[1].bucket, begun[1].files) == (None, tmp_path / "elsewhere")
    for name, value, told in (
        ("LMS_TUI_FILES_ENDPOINT", "s3.example.org", "files_endpoint is given as https://host"),
        ("LMS_TUI_FILES_KEY", "me", "files_key and files_secret are given together"),
        ("LMS_TUI_FILES_BUCKET", "courses", "leave one of them out"),
    ):
        with monkeypatch.context() as wrong:
            wrong.setenv(name, value)
            assert main(command) == 2
            assert told in capsys.readouterr().err


async def test_the_picture_of_a_course_comes_with_its_folder(shelf: House, tmp_path: Path) -> None:
    course, author = Course(tmp_path / "course"), shelf.person("CONTENT_CREATOR")
    course.folder.write("cover.png", "a cover")
    toml = (course.folder.root / "course.toml").read_text()
    course.folder.write("course.toml", toml.replace("published", 'thumbnail = "cover.png"\npublished'))
    await imported(shelf, author, course.folder.root)
    address = f"/v1/courses/{course.folder.id}/thumbnail"
    file = (await shelf.http.get(address, headers=shelf.session(shelf.person()))).json()["file"]
    assert (file["name"], file["kind"], file["size"]) == ("Small course.png", "png", 7)
    assert (await shelf.http.get(file["link"])).content == b"a cover"
    stamp = "SELECT xmin::text FROM courses WHERE id = %s"
    before = one(shelf, stamp, course.folder.id)
    await imported(shelf, author, course.folder.root)
    assert one(shelf, stamp, course.folder.id) == before, "the same again writes nothing"
    course.folder.toml()
    await imported(shelf, author, course.folder.root)
    assert (await shelf.http.get(address, headers=shelf.session(author))).json() == {"file": None}
    shelf.db.execute("UPDATE courses SET thumbnail_s3_key = 'https://example.org/x.png'")
    assert (await shelf.http.get(address, headers=shelf.session(author))).json() == {"file": None}
