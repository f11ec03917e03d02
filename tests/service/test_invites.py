"""Who was invited and has not come: listed, and reminded three times at most, a day apart at least."""

import asyncio
import configparser
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lms_tui.cli.main import COMMANDS, main
from lms_tui.db.queries import invites
from lms_tui.service import inviting, mail_queue
from lms_tui.service.database import open_pools
from lms_tui.service.mailer import Mailer

from .conftest import House
from .post_office import PostOffice, opened
from .test_mail import NEW, all_sent, eventually, rows

pytestmark = pytest.mark.anyio

UNITS = Path(__file__).parents[2] / "docs" / "systemd"


async def invited(house: House, email: str, *, mailed: bool = False, days_ago: float = 2) -> None:
    """Invite somebody some days ago, by a code that was handed over, or by mail."""
    async with house.service.shared.pools.writer.connection() as tx:
        made = await inviting.invite(tx, inviting.Guest(email=email, first_name="Ada", last_name="L"))
        if mailed:
            await mail_queue.queue_invitation(tx, made.code_id)
    house.db.execute(
        "UPDATE create_tokens SET updated_at = now() - make_interval(secs => %s), created_at = created_at"
        " - make_interval(secs => %s), expires_at = expires_at - make_interval(secs => %s) WHERE email = %s",
        (*[days_ago * 86_400] * 3, email),
    )


async def remind(house: House) -> list[str]:
    """Remind; return who was."""
    async with house.service.shared.pools.writer.connection() as tx:
        return await invites.remind(tx)


def days_pass(house: House, days: float) -> None:
    """Let everything be older."""
    house.db.execute("UPDATE create_tokens SET updated_at = updated_at - make_interval(secs => %s)", (days * 86_400,))


async def test_each_is_reminded_three_times_a_day_apart(house: House) -> None:
    with opened(PostOffice()) as office:
        await invited(house, "ada@x.org")
        pools = open_pools(house.service.shared.settings.database_url, 2)
        sender = Mailer(pools, office.mail())
        sender.start()
        for number in range(1, 4):
            assert await remind(house) == ["ada@x.org"]
            sender.wake()
            await eventually(lambda: all_sent(house))
            assert await remind(house) == []
            days_pass(house, 0.99)
            assert await remind(house) == []
            days_pass(house, 0.02)
            assert house.db.execute("SELECT reminder_count FROM create_tokens").fetchone() == (number,)
        days_pass(house, 30)
        assert await remind(house) == []
        await sender.close()
        await pools.close()
    assert office.to() == ["ada@x.org"] * 3
    assert {mail["Subject"] for mail in office.mails} == {"Your invitation is still open"}
    row = house.db.execute("SELECT expires_at > now() + interval '6 days 23 hours' FROM create_tokens").fetchone()
    assert row == (True,)  # each runs 7 days again
    for number, status in ((0, 422), (1, 422), (2, 200)):  # and voids the one before
        accepted = {"code": office.code(number), "password": NEW}
        assert (await house.http.post("/v1/invitations/accept", json=accepted)).status_code == status
    house.db.execute("UPDATE create_tokens SET reminder_count = 0")
    assert await remind(house) == []


async def test_who_is_not_reminded(house: House) -> None:
    await invited(house, "young@x.org", days_ago=0.9)
    await invited(house, "waits@x.org", mailed=True)
    await invited(house, "archived@x.org")
    await invited(house, "came@x.org")
    await invited(house, "long.over@x.org", days_ago=15)
    await invited(house, "over@x.org", days_ago=13)
    await invited(house, "due@x.org")
    house.db.execute("UPDATE users SET archived = true WHERE email = 'archived@x.org'")
    house.db.execute(
        "INSERT INTO credentials (user_id, password_hash) SELECT id, '!' FROM users WHERE email = 'came@x.org'"
    )
    house.db.execute("UPDATE create_tokens SET email = 'CAME@x.org' WHERE email = 'came@x.org'")
    house.db.execute(  # another program's: no person, no numbers; and an older one of the same address
        "INSERT INTO create_tokens (email, token, expires_at, reminder_count, updated_at, created_at) VALUES"
        " ('Their@x.org', 'a', now(), NULL, NULL, now() - interval '3 days'),"
        " ('their@x.org', 'b', now(), 0, now() - interval '9 days', now() - interval '9 days')"
    )
    assert await remind(house) == ["due@x.org", "over@x.org", "Their@x.org"]
    house.db.execute("UPDATE lms_tui.mail SET due = NULL, fault = '550'")
    days_pass(house, 5)
    assert await remind(house) == ["young@x.org"]  # whom the mail server refused for ever is left in peace


async def test_of_two_runs_at_once_one_reminds(house: House) -> None:
    for number in range(30):
        await invited(house, f"{number}@x.org")
    waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with house.service.shared.pools.writer.connection() as tx:
        assert len(await invites.remind(tx)) == 30
        second = asyncio.create_task(remind(house))
        await eventually(lambda: house.db.execute(waits).fetchone() == (1,))
    assert await second == []
    assert rows(house, "kind") == [("reminder",)] * 30


def say(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    """Run a command of invites; return the exit code and its JSON."""
    code = main(["invites", *words, "--json"])
    return code, json.loads(capsys.readouterr().out or "null")


async def test_the_commands(
    house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LMS_TUI_DATABASE", house.service.shared.settings.database_url)
    await invited(house, "ada@x.org")
    await invited(house, "eve@x.org", mailed=True, days_ago=0)
    house.db.execute("UPDATE users SET first_name = %s WHERE email = 'eve@x.org'", ("E\x1b[31mve",))

    def run(*words: str) -> tuple[int, Any]:
        return say(capsys, *words)

    assert (await asyncio.to_thread(run, "remind"))[0] == 2  # no mail server is configured
    monkeypatch.setenv("LMS_TUI_MAIL_HOST", "mail.x.org")
    monkeypatch.setenv("LMS_TUI_MAIL_SENDER", "school@x.org")
    monkeypatch.setenv("LMS_TUI_MAIL_SERVICE", "https://learn.x.org")
    assert await asyncio.to_thread(run, "remind") == (0, {"reminded": ["ada@x.org"]})
    assert await asyncio.to_thread(run, "remind") == (0, {"reminded": []})
    code, listed = await asyncio.to_thread(run, "list")
    assert code == 0
    told = [(one["email"], one["reminders"], one["mail"]) for one in listed]
    assert told == [("ada@x.org", 1, "waiting"), ("eve@x.org", 0, "waiting")]
    assert await asyncio.to_thread(main, ["invites", "list"]) == 0
    out = capsys.readouterr().out
    assert "ada@x.org\tAda L\tSTUDENT" in out
    assert "\x1b" not in out


def test_the_units_start_a_command_that_there_is() -> None:
    units = {}
    for path in UNITS.iterdir():
        units[path.suffix] = configparser.ConfigParser(strict=True)
        units[path.suffix].read_string(path.read_text())
    words = units[".service"]["Service"]["ExecStart"].split()
    assert (Path(words[0]).name, words[1:]) == ("lms-tui", ["invites", "remind"])
    assert "invites" in COMMANDS
    assert units[".timer"]["Timer"]["OnCalendar"]
    if (analyze := shutil.which("systemd-analyze")) is not None:  # an unknown line is only warned of
        done = subprocess.run(
            [analyze, "verify", *map(str, UNITS.iterdir())], capture_output=True, text=True, check=False
        )
        assert "Unknown" not in done.stderr
