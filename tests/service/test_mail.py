"""Codes by mail: the queue, its sender and a real SMTP server that takes, refuses, goes away and hangs."""

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lms_tui.db.queries import mail as queries
from lms_tui.service import inviting, mail_queue, mailer
from lms_tui.service.database import open_pools
from lms_tui.service.mailer import Mailer
from lms_tui.service.settings import Mail, Settings
from lms_tui.service.smtp import AwayError

from .conftest import House, housed
from .post_office import PASSWORD, USER, PostOffice, opened
from .statement_kit import counted

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:Requiring AUTH while")]

NEW = "a staple of horses"


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of tests, not of schools."""
    monkeypatch.setattr(mailer, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(mailer, "REST_SECONDS", 0.2)
    monkeypatch.setattr(mailer, "_END_SECONDS", 0.5)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server that is open."""
    with opened(PostOffice()) as made:
        yield made


@pytest.fixture
def open_house(database_url: str, tmp_path: Path) -> Callable[[Mail], Any]:
    """Return what opens a service that sends by a mail server."""

    @asynccontextmanager
    async def made(mail: Mail) -> AsyncIterator[House]:
        settings = Settings(database_url, tmp_path / "secrets", sign_in_floor=0.0, mail=mail)
        async with housed(settings) as house:
            sender = house.service.shared.mailer
            assert sender is not None
            sender.start()
            yield house

    return made


async def eventually(what: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Return the first true value of `what`."""
    ends = time.monotonic() + seconds
    while not (value := what()):
        assert time.monotonic() < ends
        await asyncio.sleep(0.02)
    return value


def rows(house: House, columns: str) -> list[tuple[Any, ...]]:
    """Return columns of the queue, in the order in which mails were put in."""
    return house.db.execute(f"SELECT {columns} FROM lms_tui.mail ORDER BY created_at, id".encode()).fetchall()


def all_sent(house: House) -> bool:
    """Tell whether nothing waits."""
    return all(at is not None for (at,) in rows(house, "sent_at"))


async def ask(house: House, email: str) -> Any:
    """Ask for a reset."""
    return await house.http.post("/v1/resets", json={"email": email})


async def invite(house: House, email: str, **guest: str) -> None:
    """Invite somebody by mail, and wake the mailer."""
    async with house.service.shared.pools.writer.connection() as tx:
        made = await inviting.invite(tx, inviting.Guest(email=email, **guest))
        await mail_queue.queue_invitation(tx, made.code_id)
    if house.service.shared.mailer is not None:
        house.service.shared.mailer.wake()


async def test_the_code_in_the_mail_opens_the_account(office: PostOffice, open_house: Callable[[Mail], Any]) -> None:
    async with open_house(office.mail()) as house:
        house.db.execute("INSERT INTO settings (company_name) VALUES ('Ladders & Sons')")
        began = time.monotonic()
        await invite(house, "ada@x.org", first_name="Ada", last_name="L")
        await eventually(lambda: rows(house, "sent_at")[0][0])
        assert time.monotonic() - began < 10  # at once, not at the next look
        accepted = {"code": office.code(), "password": NEW}
        assert (await house.http.post("/v1/invitations/accept", json=accepted)).status_code == 200
        assert (await ask(house, "ADA@x.org")).json() == {"minutes": 60}
        await eventually(lambda: len(office.mails) == 2)
        used = await house.http.post("/v1/resets/use", json={"code": office.code(), "password": f"{NEW}!"})
        assert used.status_code == 200
        sign_in = {"email": "ada@x.org", "password": f"{NEW}!"}
        assert (await house.http.post("/v1/sign-in", json=sign_in)).status_code == 200
    assert office.envelopes == [("school@example.org", ["ada@x.org"])] * 2
    first = office.mails[0]
    assert (first["From"], first["To"], first["Auto-Submitted"]) == (
        "school@example.org",
        "ada@x.org",
        "auto-generated",
    )
    assert first.get_content_type() == "multipart/alternative"
    plain, html = (part.get_content() for part in first.iter_parts())
    assert "Ladders & Sons" in plain
    assert "Ladders &amp; Sons" in html
    assert "lms-tui --service https://learn.example.org accept" in plain


async def test_an_answer_tells_nobody_whether_there_is_such_a_person(database_url: str, tmp_path: Path) -> None:
    settings = Settings(database_url, tmp_path / "secrets", sign_in_floor=0.5, mail=PostOffice(1).mail())
    async with housed(settings) as house:
        house.person(email="ada@x.org")
        house.db.execute("UPDATE users SET archived = true WHERE id = %s", (house.person(email="old@x.org"),))
        house.person(email="TWO@x.org")
        house.person(email="two@X.org")
        taken: list[float] = []
        replies = set()
        for email in ("ada@x.org", "ada@x.org", "ada@x.org", "ada@x.org", "old@x.org", "two@x.org", "nobody@x.org"):
            began = time.monotonic()
            reply = await ask(house, email)
            taken.append(time.monotonic() - began)
            replies.add((reply.status_code, reply.content))
        assert replies == {(200, b'{"minutes":60}')}
        assert min(taken) >= 0.5
        assert max(taken) < 1.0
        assert len(rows(house, "id")) == 3


async def test_of_many_who_ask_at_once_three_mails_are_queued(house: House) -> None:
    user = house.person(email="ada@x.org")

    async def warm() -> None:
        async with house.service.shared.pools.writer.connection() as tx:
            await tx.execute("SELECT pg_sleep(0.5)")

    await asyncio.gather(*(warm() for _ in range(10)))  # connections are made one by one, and they would ask one by one
    await asyncio.gather(*(ask(house, f"{'ada' if number % 2 else 'ADA'}@x.org") for number in range(20)))
    assert rows(house, "kind") == [("reset",)] * mail_queue.RESETS_AN_HOUR
    assert house.db.execute("SELECT count(*) FROM reset_tokens WHERE user_id = %s", (user,)).fetchone() == (3,)
    house.db.execute("UPDATE lms_tui.mail SET created_at = created_at - interval '1 hour'")
    await ask(house, "ada@x.org")
    assert len(rows(house, "id")) == 4


async def test_a_stranger_who_asks_takes_away_no_code(office: PostOffice, open_house: Callable[[Mail], Any]) -> None:
    async with open_house(office.mail()) as house:
        house.person(email="ada@x.org")
        await ask(house, "ada@x.org")
        await eventually(lambda: len(office.mails) == 1)
        for _ in range(10):
            await ask(house, "ada@x.org")
        await eventually(lambda: len(office.mails) == 3 and all_sent(house))
        used = await house.http.post("/v1/resets/use", json={"code": office.code(0), "password": NEW})
        assert used.status_code == 200


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mail_goes_out_encrypted_and_signed_in(
    tmp_path: Path, open_house: Callable[[Mail], Any], security: str
) -> None:
    office = PostOffice(ca=tmp_path / "ca.pem")
    with opened(office, security, sign_in=True):
        async with open_house(office.mail(security, user=USER, password=PASSWORD)) as house:
            await invite(house, "ada@x.org")
            await eventually(lambda: office.mails and all_sent(house))
    assert office.logins == [USER]


@pytest.mark.parametrize(
    ("offers", "wants", "more", "said"),
    [
        ("none", "starttls", {"ca": None}, "offers no STARTTLS"),
        ("starttls", "starttls", {"ca": Path("/nowhere")}, "certificates in /nowhere cannot be read"),
        ("starttls", "starttls", {"ca": None}, "certificate that is not trusted"),
        ("tls", "tls", {"ca": None}, "certificate that is not trusted"),
        ("starttls", "starttls", {"host": "127.0.0.1"}, "certificate that is not trusted"),
        ("starttls", "starttls", {"password": "wrong"}, "does not take user and password: 535"),
    ],
)
async def test_a_server_that_is_not_safe_gets_neither_mail_nor_password(
    tmp_path: Path, open_house: Callable[[Mail], Any], offers: str, wants: str, more: dict[str, Any], said: str
) -> None:
    office = PostOffice(ca=tmp_path / "ca.pem")
    with opened(office, offers, sign_in=offers != "none"):
        async with open_house(office.mail(wants, **({"user": USER, "password": PASSWORD} | more))) as house:
            await invite(house, "ada@x.org")
            await eventually(lambda: rows(house, "fault")[0][0])
            ((fault, tries, sent_at),) = rows(house, "fault, tries, sent_at")
    assert said in fault
    assert (tries, sent_at, office.mails) == (0, None, [])
    assert bool(office.logins) is ("password" in more)


async def test_mail_waits_for_a_server_that_is_away_and_goes_out_once(open_house: Callable[[Mail], Any]) -> None:
    office = PostOffice()
    with opened(office):
        pass  # which chooses a port, and closes again
    async with open_house(office.mail()) as house:
        await invite(house, "ada@x.org", first_name="A", last_name="L")
        before = house.db.execute("SELECT token, expires_at FROM create_tokens").fetchone()
        await eventually(lambda: "cannot be reached" in (rows(house, "fault")[0][0] or ""))
        assert rows(house, "tries, sent_at, claimed_until") == [(0, None, None)]
        assert house.db.execute("SELECT token, expires_at FROM create_tokens").fetchone() == before
        with opened(office):
            await eventually(lambda: all_sent(house))
            await asyncio.sleep(0.5)
            assert office.to() == ["ada@x.org"]
            assert rows(house, "tries, fault") == [(1, None)]
            accepted = {"code": office.code(), "password": NEW}
            assert (await house.http.post("/v1/invitations/accept", json=accepted)).status_code == 200


def test_pauses_double_up_to_an_hour_and_never_fall_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailer, "FIRST_PAUSE", 15.0)
    for failures, longest in ((1, 15), (2, 30), (5, 240), (9, 3600), (5000, 3600)):
        pauses = [mailer.pause(failures) for _ in range(200)]
        assert longest / 2 <= min(pauses) < max(pauses) <= longest
        assert len(set(pauses)) > 190


async def test_nothing_wakes_the_sender_while_the_server_is_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailer, "FIRST_PAUSE", 60.0)
    sender = house.service.shared.mailer
    assert sender is not None
    lines = 0

    def line(_: Mail) -> Any:
        nonlocal lines
        lines += 1
        raise AwayError("away")

    monkeypatch.setattr(mailer, "Line", line)
    sender.start()
    for number in range(5):
        await invite(house, f"{number}@x.org")
        await asyncio.sleep(0.1)
    assert lines == 1


async def test_a_recipient_refused_for_ever_is_given_up_and_keeps_nobody_waiting(
    office: PostOffice, open_house: Callable[[Mail], Any]
) -> None:
    office.on_recipient = lambda address: f"550 5.1.1 <{address}>: no such user" if "gone" in address else None
    async with open_house(office.mail()) as house:
        await invite(house, "gone@x.org")
        await invite(house, "ada@x.org")
        await eventually(lambda: office.mails and rows(house, "fault")[0][0])
        await asyncio.sleep(0.5)
        assert rows(house, "due IS NULL, sent_at IS NULL, tries, fault")[0] == (
            (True, True, 1, "550 5.1.1 (address) no such user")
        )
        assert office.to() == ["ada@x.org"]
        assert office.connections == 1, "the next mail goes on over the same one"


@pytest.mark.parametrize("step", ["on_recipient", "on_mail"])
async def test_what_is_put_off_goes_out_later_with_a_code_that_voids_the_first(
    office: PostOffice, open_house: Callable[[Mail], Any], step: str
) -> None:
    answers = iter(["451 4.3.0 later", "450 4.2.0 still later"])
    setattr(office, step, lambda _: next(answers, None))
    async with open_house(office.mail()) as house:
        await invite(house, "ada@x.org", first_name="A", last_name="L")
        await eventually(lambda: all_sent(house))
        assert rows(house, "tries, fault") == [(3, None)]
        for number, mail in enumerate(office.mails):
            accepted = {"code": office.code(number), "password": NEW}
            status = (await house.http.post("/v1/invitations/accept", json=accepted)).status_code
            assert status == (200 if mail is office.mails[-1] else 422)
    assert len(office.mails) == (3 if step == "on_mail" else 1)
    assert len({mail["Message-ID"] for mail in office.mails}) == 1


async def test_a_mail_put_off_for_days_is_given_up(office: PostOffice, open_house: Callable[[Mail], Any]) -> None:
    office.on_recipient = lambda _: "450 4.2.0 later"
    async with open_house(office.mail()) as house:
        await invite(house, "ada@x.org")
        await eventually(lambda: rows(house, "tries")[0][0] > 1)
        house.db.execute("UPDATE lms_tui.mail SET created_at = created_at - interval '6 days'")
        await eventually(lambda: rows(house, "due")[0][0] is None)


async def test_two_workers_send_each_mail_once(house: House, office: PostOffice, database_url: str) -> None:
    for number in range(40):
        async with house.service.shared.pools.writer.connection() as tx:
            made = await inviting.invite(tx, inviting.Guest(email=f"{number}@x.org"))
            await mail_queue.queue_invitation(tx, made.code_id)
    pools = [open_pools(database_url, 2) for _ in range(3)]
    senders = [Mailer(one, office.mail()) for one in pools]
    for sender in senders:
        sender.start()
    await eventually(lambda: all_sent(house))
    await asyncio.sleep(0.5)
    for sender, one in zip(senders, pools, strict=True):
        await sender.close()
        await one.close()
    assert sorted(office.to()) == sorted(f"{number}@x.org" for number in range(40))
    assert office.connections > 1
    assert rows(house, "tries") == [(1,)] * 40


async def test_a_sender_killed_between_sending_and_recording_is_repeated_once(
    house: House, office: PostOffice, database_url: str
) -> None:
    await invite(house, "ada@x.org", first_name="A", last_name="L")
    command = [sys.executable, str(Path(__file__).with_name("dying_mailer.py")), database_url, str(office.port)]
    process = await asyncio.create_subprocess_exec(*command)
    office.on_mail = lambda _: os.kill(process.pid, signal.SIGKILL)  # it is taken, and the sender never knows
    assert await asyncio.wait_for(process.wait(), 60) == -signal.SIGKILL
    office.on_mail = lambda _: None
    assert len(office.mails) == 1
    pools = open_pools(database_url, 2)
    sender = Mailer(pools, office.mail())
    sender.start()
    await asyncio.sleep(0.6)
    assert len(office.mails) == 1  # the claim of the dead one still holds
    house.db.execute("UPDATE lms_tui.mail SET claimed_until = now()")
    await eventually(lambda: all_sent(house))
    await asyncio.sleep(0.6)
    await sender.close()
    await pools.close()
    assert len(office.mails) == 2
    assert len({mail["Message-ID"] for mail in office.mails}) == 1
    for number, status in ((0, 422), (1, 200)):
        accepted = {"code": office.code(number), "password": NEW}
        assert (await house.http.post("/v1/invitations/accept", json=accepted)).status_code == status


async def test_a_database_away_for_a_moment_is_waited_for_lest_it_is_sent_again(
    office: PostOffice, open_house: Callable[[Mail], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    record, faults = queries.sent, iter([psycopg.OperationalError("away"), psycopg.OperationalError("away")])

    async def sent(tx: psycopg.AsyncConnection, mail: queries.Claimed) -> None:
        if (fault := next(faults, None)) is not None:
            raise fault
        await record(tx, mail)

    monkeypatch.setattr(queries, "sent", sent)
    async with open_house(office.mail()) as house:
        await invite(house, "ada@x.org")
        await eventually(lambda: all_sent(house))
        await asyncio.sleep(0.5)
        assert rows(house, "tries") == [(1,)]
    assert len(office.mails) == 1


async def test_whose_claim_is_over_writes_nothing_over_what_another_does(house: House) -> None:
    await invite(house, "ada@x.org")
    pool = house.service.shared.pools.writer
    async with pool.connection() as tx:
        first = await queries.claim(tx)
        assert await queries.claim(tx) is None
    house.db.execute("UPDATE lms_tui.mail SET claimed_until = now()")
    async with pool.connection() as tx:
        second = await queries.claim(tx)
    assert first is not None
    assert second is not None
    async with pool.connection() as tx:
        await queries.sent(tx, first)
        await queries.failed(tx, first, "late", None)
        await queries.drop(tx, first)
    assert rows(house, "sent_at, fault, due IS NULL, tries") == [(None, None, False, 2)]
    async with pool.connection() as tx:
        await queries.sent(tx, second)
    assert all_sent(house)


async def test_mails_whose_code_is_gone_are_dropped(house: House, office: PostOffice, database_url: str) -> None:
    await invite(house, "gone@x.org")
    await invite(house, "old@x.org")
    house.person(email="ada@x.org")
    await ask(house, "ada@x.org")
    house.db.execute("DELETE FROM create_tokens WHERE email = 'gone@x.org'")
    house.db.execute("UPDATE users SET archived = true WHERE email = 'old@x.org'")
    house.db.execute("UPDATE reset_tokens SET is_used = true")
    pools = open_pools(database_url, 2)
    sender = Mailer(pools, office.mail())
    sender.start()
    await eventually(lambda: not rows(house, "id"))
    await sender.close()
    await pools.close()
    assert not office.mails


async def test_what_was_sent_is_forgotten_after_thirty_days(
    office: PostOffice, open_house: Callable[[Mail], Any]
) -> None:
    async with open_house(office.mail()) as house:
        for days, due, sent in ((31, "now()", True), (29, "now()", True), (31, "NULL", False), (31, "now()", False)):
            house.db.execute(
                "INSERT INTO lms_tui.mail (kind, code_id, created_at, due, sent_at)"
                f" SELECT 'reset', gen_random_uuid(), t, {due}, {'t' if sent else 'NULL'}"
                f" FROM (SELECT now() - interval '{days} days' AS t)".encode()
            )
        async with house.service.shared.pools.writer.connection() as tx:
            await queries.prune(tx)
            left = await (await tx.execute("SELECT sent_at IS NULL FROM lms_tui.mail")).fetchall()
            await tx.execute("DELETE FROM lms_tui.mail")
    assert sorted(left) == [(False,), (True,)]  # the one of 29 days, and the one that still waits


async def test_at_rest_a_look_is_one_statement(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailer, "REST_SECONDS", 60.0)
    sender = house.service.shared.mailer
    assert sender is not None
    with counted(monkeypatch) as sent:
        sender.start()
        await eventually(lambda: len(sent) == 2)  # at the start it prunes too
        for _ in range(3):
            sender.wake()
            await asyncio.sleep(0.1)
        assert len(sent) == 5
        assert {statement[:13] for statement in sent[1:]} == {"SELECT EXISTS"}


async def test_a_server_that_hangs_holds_nothing_up(
    office: PostOffice, open_house: Callable[[Mail], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailer, "MAIL_SECONDS", 0.3)
    slow = iter([1.5])
    office.on_mail = lambda _: time.sleep(next(slow, 0.0))
    async with open_house(office.mail()) as house:
        await invite(house, "ada@x.org")
        await eventually(lambda: "too long" in (rows(house, "fault")[0][0] or ""))
        await eventually(lambda: all_sent(house))
    slow = iter([5.0])
    async with open_house(office.mail()) as house:
        monkeypatch.setattr(mailer, "MAIL_SECONDS", 60.0)
        await invite(house, "eve@x.org")
        await eventually(lambda: len(office.mails) >= 3)
        began = time.monotonic()
    assert time.monotonic() - began < 4


async def test_a_queue_that_is_not_there_is_told_and_looked_for_again(
    office: PostOffice, open_house: Callable[[Mail], Any], caplog: pytest.LogCaptureFixture
) -> None:
    async with open_house(office.mail()) as house:
        house.db.execute("ALTER TABLE lms_tui.mail RENAME TO mail_away")
        await eventually(lambda: "cannot be read: UndefinedTable" in caplog.text)
        house.db.execute("ALTER TABLE lms_tui.mail_away RENAME TO mail")
        await invite(house, "ada@x.org")
        await eventually(lambda: office.mails)


async def test_neither_queue_nor_log_holds_an_address_or_a_code(
    office: PostOffice, open_house: Callable[[Mail], Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    office.on_mail = lambda mail: (
        f"554 5.7.1 {mail['To']} may not have {office.code()}" if "eve" in mail["To"] else None
    )
    async with open_house(office.mail()) as house:
        await invite(house, "ada@x.org")
        await invite(house, "eve@x.org")
        await eventually(lambda: len(office.mails) == 2 and rows(house, "fault")[1][0])
        queue = str(rows(house, "*"))
    told = queue + str([record.__dict__ for record in caplog.records if record.name.startswith("lms_tui")])
    assert "mail_given_up" in told
    assert "x.org" not in told
    assert not any(office.code(at) in told for at in (0, 1))
    assert not re.search(r"password", told)


HOSTILE = (
    "a@x.org\r\nBcc: spy@x.org",
    "a@x.org\nBcc: spy@x.org",
    "a@x.org,spy@x.org",
    "a@x.org, spy@x.org",
    "<a@x.org>",
    "Ada <a@x.org>",
    '"a b"@x.org',
    "a@x.org> RCPT TO:<spy@x.org",
    "a\x01@x.org",
    "a@x.org\u2028Bcc: spy@x.org",
    "a@[127.0.0.1]",
    "a@-x.org",
    "a@x..org",
    "a@",
    "@x.org",
    "nothing",
    "a@x.org (spy@x.org)",
    "\u202egro.x@a",
)


async def test_no_address_writes_a_header_or_another_recipient(
    office: PostOffice, open_house: Callable[[Mail], Any]
) -> None:
    async with open_house(office.mail()) as house:
        house.db.execute(
            "INSERT INTO settings (company_name) VALUES (%s)",
            ("Acme\r\nBcc: spy@x.org\r\n\r\n<script>alert(1)</script>\x1b[31m\u202e",),
        )
        for email in (*HOSTILE, "müller@x.org", "a@müller.de"):  # rows of another program
            house.db.execute(
                "WITH made AS ("
                "INSERT INTO create_tokens (email, token, expires_at) VALUES (%s, 'x', now()) RETURNING id)"
                " INSERT INTO lms_tui.mail (kind, code_id) SELECT 'invitation', id FROM made",
                (email,),
            )
        sender = house.service.shared.mailer
        assert sender is not None
        sender.wake()
        await eventually(lambda: all(sent or due is None for sent, due in rows(house, "sent_at, due")))
        given_up = [fault for due, fault in rows(house, "due, fault") if due is None]
    assert sorted(office.to()) == ["a@xn--mller-kva.de", "müller@x.org"]
    assert len(given_up) == len(HOSTILE)
    assert set(given_up) == {"No mail can be sent to an address that is written like this one."}
    for mail in office.mails:
        assert mail["Bcc"] is None
        assert set(mail.keys()) >= {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"}
        plain, html = (part.get_content() for part in mail.iter_parts())
        assert "Acme Bcc: spy@x.org <script>alert(1)</script>[31m" in plain
        assert "<script" not in html
        assert not {"\x1b", "\u202e"} & {*plain, *html}
