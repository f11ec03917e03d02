"""Files fetched over a real socket and a real port, kept, bounded, cancelled; and saved beside what is there."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import anyio
import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from lms_tui.client import file_cache
from lms_tui.client.api import Api
from lms_tui.client.errors import NotFound, NotKept, NotUnderstood, Unreachable
from lms_tui.client.file_cache import FileCache
from lms_tui.client.saving import plain, save, save_as
from lms_tui.wire.errors import Code
from lms_tui.wire.files import FileLink
from tests.client.wire_server import Handler, problem, serving

pytestmark = pytest.mark.anyio

CONTENT = os.urandom(3_000_000)


def file(content: bytes = CONTENT, *, kind: str = "mp4", size: bool = True, link: str = "/v1/files/abc") -> FileLink:
    version = hashlib.sha256(content).hexdigest()
    known = len(content) if size else None
    return FileLink(source="", link=link, name="B.mp4", kind=kind, version=version, size=known)


def sending(content: bytes) -> tuple[Handler, list[Request]]:
    asked: list[Request] = []

    async def run(request: Request) -> Response:
        asked.append(request)
        return Response(content, media_type="video/mp4")

    return run, asked


@pytest.fixture(params=["unix", "tcp"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path / "s" if request.param == "unix" else None


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


async def test_a_file_is_fetched_once_and_tells_how_far_it_is(place: Path | None, tmp_path: Path) -> None:
    run, asked = sending(CONTENT)
    seen: list[tuple[int, int | None]] = []
    cache = FileCache(tmp_path / "files")
    async with serving({"GET /v1/files/abc": run}, place) as address:
        api = Api(address)
        path = await cache.fetch(api, file(), progress=lambda done, size: seen.append((done, size)))
        again = await cache.fetch(api, file(size=False))
        await api.aclose()
    assert path.read_bytes() == CONTENT
    assert (again, len(asked), left(tmp_path / "files")) == (path, 1, [path.name])
    assert "authorization" not in asked[0].headers
    assert seen[0] == (0, len(CONTENT))
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert len(seen) > 3
    assert (path.parent.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)
    assert path.suffix == ".mp4", "a player knows by it what it is"


async def test_a_file_larger_than_any_reply_may_be(tmp_path: Path) -> None:
    pieces = 80

    async def run(_request: Request) -> Response:
        async def body() -> AsyncIterator[bytes]:
            for _ in range(pieces):
                yield bytes(2**20)

        return StreamingResponse(body())

    async with serving({"GET /v1/files/abc": run}, tmp_path / "s") as address:
        api = Api(address)
        path = await FileCache(tmp_path / "files").fetch(api, file(size=False))
        await api.aclose()
    assert path.stat().st_size == pieces * 2**20


async def test_cancelled_in_the_middle_it_leaves_nothing(place: Path | None, tmp_path: Path) -> None:
    async def run(_request: Request) -> Response:
        async def body() -> AsyncIterator[bytes]:
            yield bytes(100_000)
            await asyncio.sleep(60)

        return StreamingResponse(body(), headers={"content-length": "200000"})

    came = asyncio.Event()
    async with serving({"GET /v1/files/abc": run}, place) as address:
        api = Api(address)
        fetching = FileCache(tmp_path / "files").fetch(
            api, file(), progress=lambda done, _: came.set() if done else None
        )
        task = asyncio.create_task(fetching)
        with anyio.fail_after(10):
            await came.wait()
        assert len(left(tmp_path / "files")) == 1
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert left(tmp_path / "files") == []
        await api.aclose()


async def test_what_breaks_off_is_begun_again_and_never_kept_in_part(place: Path | None, tmp_path: Path) -> None:
    tries = 0

    def breaking(times: int) -> Handler:
        async def run(_request: Request) -> Response:
            nonlocal tries
            tries += 1

            async def body() -> AsyncIterator[bytes]:
                yield CONTENT[:1_000_000]
                if tries > times:
                    yield CONTENT[1_000_000:]

            return StreamingResponse(body(), headers={"content-length": str(len(CONTENT))})

        return run

    for times in (1, 9):
        tries = 0
        folder = tmp_path / f"files{times}"
        async with serving({"GET /v1/files/abc": breaking(times)}, place) as address:
            api = Api(address)
            if times == 1:
                assert (await FileCache(folder).fetch(api, file())).read_bytes() == CONTENT
            else:
                with pytest.raises(Unreachable):
                    await FileCache(folder).fetch(api, file())
                assert left(folder) == []
            await api.aclose()
        if place is not None:
            place.unlink()  # noqa: ASYNC240 - for the next server at the same place


async def test_a_link_that_is_over_and_a_file_that_is_too_large(place: Path | None, tmp_path: Path) -> None:
    async def over(_request: Request) -> Response:
        return problem(Code.NOT_FOUND)

    run, _ = sending(CONTENT)
    cache = FileCache(tmp_path / "files")
    async with serving({"GET /v1/files/abc": run, "GET /v1/files/over": over}, place) as address:
        api = Api(address)
        with pytest.raises(NotFound):
            await cache.fetch(api, file(link="/v1/files/over"))
        with pytest.raises(NotUnderstood, match="larger than 2 MiB"):
            await cache.fetch(api, file(size=False), most=2**21)
        await api.aclose()
    assert left(tmp_path / "files") == []


async def test_more_than_was_said_is_not_kept_nor_what_has_no_end(
    place: Path | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_cache, "CACHE_LIMIT", 2**20)
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 2**16
            yield bytes(2**16)
            await asyncio.sleep(0)

    async def run(_request: Request) -> Response:
        return StreamingResponse(endless())

    cache = FileCache(tmp_path / "files")
    async with serving({"GET /v1/files/abc": run}, place) as address:
        for link in (file(size=False), file(b"short")):
            api = Api(address)
            with pytest.raises(NotUnderstood, match="more than it said"):
                await cache.fetch(api, link)
            await api.aclose()
    assert left(tmp_path / "files") == []
    assert sent < 2**26


@pytest.mark.parametrize(
    "link", ["//evil.example/v1/files/abc", "https://evil.example/x", "/v1/me", "/v1/files/a/../b", "/v1/files/a?x=1"]
)
async def test_a_link_leads_nowhere_but_to_the_service_s_files(link: str, tmp_path: Path) -> None:
    api = Api("http://127.0.0.1:1")
    with pytest.raises(NotUnderstood):
        await FileCache(tmp_path).fetch(api, file(link=link))
    assert api.address_of(link) is None
    assert api.address_of("/v1/files/abc") == "http://127.0.0.1:1/v1/files/abc"
    assert Api("unix:/run/x").address_of("/v1/files/abc") is None


async def test_names_from_the_service_choose_no_path(tmp_path: Path) -> None:
    run, _ = sending(b"x")
    async with serving({"GET /v1/files/abc": run}, tmp_path / "s") as address:
        api = Api(address)
        path = await FileCache(tmp_path / "files").fetch(api, file(b"x", kind="../../evil"))
        assert (path.parent, path.suffix) == (tmp_path / "files", ".bin")
        wrong = file(b"x")
        wrong.version = "../../evil"
        with pytest.raises(NotUnderstood):
            await FileCache(tmp_path / "files").fetch(api, wrong)
        await api.aclose()


async def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    contents = [bytes([number]) * 400_000 for number in range(4)]
    _, asked = sending(b"")
    bodies: dict[str, bytes] = {}

    async def any_of(request: Request) -> Response:
        asked.append(request)
        return Response(bodies[request.url.path])

    routes: dict[str, Callable[..., object]] = {}
    for number, content in enumerate(contents):
        bodies[f"/v1/files/{number}"] = content
        routes[f"GET /v1/files/{number}"] = any_of
    cache = FileCache(tmp_path / "files", limit=1_000_000)
    async with serving(routes, tmp_path / "s") as address:  # type: ignore[arg-type]
        api = Api(address)

        async def get(number: int) -> Path:
            path = await cache.fetch(api, file(contents[number], link=f"/v1/files/{number}"))
            os.utime(path, (clock := 1e9 + len(asked) + 10 * tick[0], clock))
            tick[0] += 1
            return path

        tick = [0]
        first, second = await get(0), await get(1)
        await get(0)
        (stale := tmp_path / "files" / ".left-behind").write_bytes(b"x")
        os.utime(stale, (1e9, 1e9))
        third = await get(2)
        assert left(tmp_path / "files") == sorted([first.name, third.name])
        assert not second.exists()
        await api.aclose()


async def test_a_disk_that_does_not_take_it_is_told(tmp_path: Path) -> None:
    run, _ = sending(CONTENT)
    (tmp_path / "files").write_text("in the way")
    async with serving({"GET /v1/files/abc": run}, tmp_path / "s") as address:
        api = Api(address)
        with pytest.raises(NotKept, match="cannot be kept on this machine"):
            await FileCache(tmp_path / "files").fetch(api, file())
        await api.aclose()


def test_saving_overwrites_nothing(tmp_path: Path) -> None:
    source, folder = tmp_path / "source", tmp_path / "Downloads" / "new"
    source.write_bytes(b"content")
    names = [save(source, folder, "A talk.tar.gz").name for _ in range(3)]
    assert names == ["A talk.tar.gz", "A talk.tar (2).gz", "A talk.tar (3).gz"]
    assert left(folder) == sorted(names)
    (folder / "link.pdf").symlink_to(tmp_path / "elsewhere")
    assert save(source, folder, "link.pdf").name == "link (2).pdf"
    assert not (tmp_path / "elsewhere").exists()
    assert save_as(source, folder / "own.pdf").read_bytes() == b"content"
    source.write_bytes(b"other")
    with pytest.raises(NotKept, match="is there already"):
        save_as(source, folder / "own.pdf")
    assert (folder / "own.pdf").read_bytes() == b"content"
    assert not [name for name in left(folder) if name.startswith((".", "own ("))]


def test_a_disk_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr("os.link", none)
    (tmp_path / "source").write_bytes(b"content")
    names = [save(tmp_path / "source", tmp_path / "to", "a.pdf").name for _ in range(2)]
    assert names == ["a.pdf", "a (2).pdf"]
    assert [path.read_bytes() for path in (tmp_path / "to").iterdir()] == [b"content"] * 2


def test_saving_where_nothing_can_be_saved(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"content")
    (tmp_path / "file").write_text("")
    with pytest.raises(NotKept, match="cannot be saved in"):
        save(tmp_path / "source", tmp_path / "file", "a.pdf")
    with pytest.raises(NotKept):
        save(tmp_path / "gone", tmp_path / "to", "a.pdf")
    assert left(tmp_path / "to") == []


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("../../etc/passwd", "etc passwd"),
        ("..", "file"),
        (".profile", "profile"),
        ("a\x1b]0;x\x07b\n.pdf", "a]0;xb .pdf"),
        ("", "file"),
        ("ü" * 200 + ".pdf", "ü" * 90 + ".pdf"),
    ],
)
def test_names_are_plain(name: str, made: str) -> None:
    assert plain(name) == made
