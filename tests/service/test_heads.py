"""Targets, headers and bodies that no client of ours sends, as bytes to the real service: what is not understood is
refused with a sentence, and each reply says how it may be used."""

import gzip
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from lms_tui.service import heads
from lms_tui.wire.errors import CONTENT_TYPE

from .conftest import House
from .listening import served

ID = str(UUID(int=1))


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> Any:
        """The problem that it is."""
        assert self.headers["content-type"] == CONTENT_TYPE
        return json.loads(self.body)


@dataclass
class Open:
    """A service that listens."""

    house: House
    url: httpx.URL
    session: str

    def ask(self, method: bytes, target: bytes, *headers: bytes, body: bytes = b"", signed_in: bool = True) -> Answer:
        """Send a request as bytes, by a person."""
        given = [b"Host: x", b"Connection: close", b"Content-Length: %d" % len(body), *headers]
        if signed_in:
            given.append(b"Authorization: " + self.session.encode())
        with socket.create_connection((self.url.host, self.url.port or 0), 10) as connection:
            connection.sendall(method + b" " + target + b" HTTP/1.1\r\n" + b"\r\n".join(given) + b"\r\n\r\n" + body)
            came = b""
            while piece := connection.recv(65536):
                came += piece
        head, _, rest = came.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        return Answer(int(first.split()[1]), dict(line.split(": ", 1) for line in lines), rest)


@pytest.fixture
def there(database_url: str, tmp_path: Path) -> Iterator[Open]:
    """A service with one student."""
    with served(database_url, tmp_path) as (house, url):
        yield Open(house, httpx.URL(url), house.session(house.person())["authorization"])


def test_strange_targets_are_refused_and_never_a_fault(there: Open) -> None:
    for target, status in (
        (b"/v1/courses/%00", 400),
        (b"/v1/courses/%zz", 400),
        (b"/v1/courses/%", 400),
        (b"/v1/courses/%ff%fe", 400),
        (b"/v1/courses/%2e%2e%2fme", 400),
        (b"/v1/courses/" + ID.encode() + b"%00", 400),
        (b"/v1/courses/" + ID.encode(), 404),
        (b"/v1/../v1/me", 404),
        (b"//v1/me", 404),
        (b"/v1/me/", 404),
        (b"/v1/%6d%65", 404),
        (b"/v1/me;a=b", 404),
        (b"/", 404),
        (b"/v1/files/" + b"a" * 8000, 404),
        (b"/v1/me?a=1", 400),
        (b"/v1/catalog?search=%00", 200),
        (b"/v1/catalog?search=%ff%fe%zz", 200),
        (b"/v1/catalog?search=a&search=b", 400),
        (b"/v1/catalog?" + b"&".join(b"a=%d" % n for n in range(60)), 400),
        (b"/v1/catalog?size=" + b"9" * 6000, 400),
        (b"/v1/catalog?size=1e999", 400),
        (b"/v1/catalog?size=-1", 400),
        (b"/v1/catalog?after=" + b"A" * 3000, 400),
        (b"http://elsewhere.example/v1/me", 200),
    ):
        answer = there.ask(b"GET", target)
        assert answer.status == status, (target[:60], answer)
        if status != 200:
            assert answer.problem["detail"], answer
        assert b"elsewhere" not in answer.body


def test_methods_that_do_not_work_are_told_and_which_do(there: Open) -> None:
    for method in (b"POST", b"DELETE", b"HEAD", b"OPTIONS", b"TRACE", b"PATCH", b"PROPFIND"):
        answer = there.ask(method, b"/v1/me")
        assert answer.status == 405, method
        assert answer.headers["allow"] == "GET, PUT"
        assert not any(name.startswith("access-control-") for name in answer.headers)
        if method == b"HEAD":
            assert answer.body == b""
    assert there.ask(b"OPTIONS", b"*").status in (400, 404)
    assert there.ask(b"DELETE", b"/v1/files/none").headers["allow"] == "GET, HEAD"
    assert "allow" not in there.ask(b"POST", b"/v1/nothing").headers


def test_bodies_that_cannot_be_bounded_or_are_something_else_are_refused_unread(there: Open) -> None:
    name = json.dumps({"first_name": "A", "last_name": "B"}).encode()
    plain = b"Content-Type: application/json; charset=utf-8"
    assert there.ask(b"PUT", b"/v1/me", plain, body=name).status == 200
    assert there.ask(b"PUT", b"/v1/me", b"Content-Encoding: identity", body=name).status == 200
    for header, body in (
        (b"Content-Encoding: gzip", gzip.compress(name)),
        (b"Content-Encoding: GZIP", gzip.compress(name)),
        (b"Content-Encoding: identity, br", name),
        (b"Content-Type: text/plain", name),
        (b"Content-Type: application/x-www-form-urlencoded", b"first_name=A"),
        (b"Content-Type: application/x-tar", name),
    ):
        answer = there.ask(b"PUT", b"/v1/me", header, body=body)
        assert (answer.status, answer.problem["code"]) == (415, "unsupported_body"), header
    author = there.house.session(there.house.person("CONTENT_CREATOR"))["authorization"].encode()
    headers = b"Content-Encoding: gzip", b"Authorization: " + author
    assert there.ask(b"POST", b"/v1/imports", *headers, body=b"a", signed_in=False).status == 415


def test_json_that_is_deep_or_says_things_twice_is_understood_or_refused(there: Open) -> None:
    for body, status in (
        (b'{"first_name": "A", "last_name": "B", "more": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
        (b"[" * 200_000, 400),
        (b'{"a":' * 40_000, 400),
        (b'{"first_name": "A", "last_name": "B", "last_name": "C"}', 200),  # the last one counts, there is one reader
        (b'{"first_name": "A", "last_name": "B\\u0000"}', 400),
        (b'{"first_name": "A", "last_name": "\\ud800"}', 400),
        (b'{"first_name": "A", "last_name": ' + b"9" * 200_000 + b"}", 400),
        (b'{"first_name": "A", "last_name": 1e99999}', 400),
        (b'{"first_name": "A", "last_name": NaN}', 400),
        (b'\xef\xbb\xbf{"first_name": "A", "last_name": "B"}', 400),
        (b'{"first_name": "A", "last_name": "\xff"}', 400),
        (b"", 400),
    ):
        answer = there.ask(b"PUT", b"/v1/me", body=body)
        assert answer.status == status, (body[:60], answer)
        if status == 200:
            assert json.loads(answer.body)["last_name"] == "C"


def test_each_reply_says_how_it_may_be_used(there: Open) -> None:
    good, refused, stranger = (
        there.ask(b"GET", b"/v1/me"),
        there.ask(b"GET", b"/v1/nothing"),
        there.ask(b"GET", b"/v1/me", signed_in=False),
    )
    for answer in (good, refused, stranger):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert "strict-transport-security" not in answer.headers
        assert "server" not in answer.headers
    assert (stranger.status, stranger.headers["www-authenticate"]) == (401, "Bearer")


def test_browsers_are_told_to_come_by_https_alone_where_they_came_so() -> None:
    assert dict(heads.of_reply("application/json", 1, "https"))[b"strict-transport-security"] == b"max-age=31536000"
