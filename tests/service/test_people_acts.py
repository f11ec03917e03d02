"""What administrators do to people: each act once, recorded, and never the last administrator away."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from lms_tui.service.accounts import owner_address
from lms_tui.wire import accounts, joining, people_acts
from lms_tui.wire.people import Role

from .conftest import House
from .people_kit import Office, code, opened
from .statement_kit import ask, private
from .test_quiz_races import at_once

pytestmark = pytest.mark.anyio

PASSWORD = "a staple of horses"


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """An administrator at work."""
    async with opened(database_url, tmp_path / "secrets") as made:
        yield made


async def accept(office: Office, words: str) -> httpx.Response:
    """Use the code of an invitation."""
    request = joining.AcceptRequest(code=words, password=PASSWORD, first_name="N", last_name="N")
    return await ask(office.house.http, joining.ACCEPT, request, {})


async def archive(office: Office, person: UUID, user: UUID | None = None, own: UUID | None = None) -> httpx.Response:
    """Archive somebody."""
    return await office.ask(people_acts.ARCHIVE, people_acts.ArchiveRequest(id=own or uuid4(), person_id=person), user)


async def change(
    office: Office, person: UUID, role: Role, user: UUID | None = None, own: UUID | None = None
) -> httpx.Response:
    """Give somebody a role."""
    request = people_acts.RoleRequest(id=own or uuid4(), person_id=person, role=role)
    return await office.ask(people_acts.ROLE, request, user)


async def test_who_is_invited_comes_in_by_the_code_with_role_and_groups(office: Office) -> None:
    evening = office.group("Evening")
    reply = await office.invite("new@x.org", uuid4(), role=Role.CONTENT_CREATOR, groups=["evening", str(evening)])
    invited = reply.json()
    assert office.audits() == [(office.admin, "people.invite", UUID(invited["person_id"]))]
    assert invited["code"] not in office.one("SELECT details::text FROM lms_tui.audit")
    session = (await accept(office, invited["code"])).json()
    assert (session["user"]["role"], session["user"]["first_name"]) == ("CONTENT_CREATOR", "N")
    assert [group["name"] for group in (await office.person("new@x.org"))["groups"]] == ["Evening"]


async def test_an_invitation_sent_again_is_one_invitation_whose_last_code_works(office: Office) -> None:
    own = uuid4()
    first, again = [(await office.invite("new@x.org", own)).json() for _ in range(2)]
    assert first | {"code": "", "expires_at": ""} == again | {"code": "", "expires_at": ""}
    assert office.one("SELECT count(*) FROM lms_tui.audit") == 1
    assert code(await accept(office, first["code"])) == "code_refused"
    assert (await accept(office, again["code"])).status_code == 200
    assert (await office.invite("new@x.org", own)).json()["code"] is None
    assert code(await office.invite("other@x.org", own)) == "id_taken"
    other = office.add("other-boss@x.org", "ADMIN")
    request = people_acts.InviteRequest(id=own, email="new@x.org")
    assert code(await office.ask(people_acts.INVITE, request, other)) == "not_found"


async def test_the_same_invitation_at_once_makes_one_person_and_one_good_code(office: Office) -> None:
    own = uuid4()
    replies = await at_once(office.invite("new@x.org", own) for _ in range(10))
    assert {reply.status_code for reply in replies} == {200}
    assert office.one("SELECT count(*) FROM lms_tui.audit") == 1
    replies += await at_once(office.invite(f"{'nN'[n % 2]}ew@x.org", uuid4()) for n in range(10))
    assert office.one("SELECT count(*) FROM users WHERE lower(email) = 'new@x.org'") == 1
    assert office.one("SELECT count(*) FROM create_tokens") == 1
    opened = await at_once(accept(office, reply.json()["code"]) for reply in replies)
    assert sum(reply.status_code == 200 for reply in opened) == 1


async def test_who_cannot_be_invited_is_refused_and_nothing_is_written(office: Office) -> None:
    office.add("here@x.org")
    gone = office.add("gone@x.org")
    office.house.db.execute("UPDATE users SET archived = true WHERE id = %s", (gone,))
    for email, groups in (("HERE@x.org", []), ("gone@x.org", []), ("nonsense", []), ("new@x.org", ["None"])):
        assert code(await office.invite(email, uuid4(), groups=groups)) == "person_refused"
    request = people_acts.InviteRequest(id=uuid4(), email="new@x.org")
    assert code(await office.ask(people_acts.INVITE, request, private=False)) == "no_mail"
    give = people_acts.GiveResetRequest(id=uuid4(), person_id=office.admin)
    assert code(await office.ask(people_acts.RESET, give, private=False)) == "no_mail"
    assert office.one("SELECT count(*) FROM users") == 3
    assert office.one("SELECT count(*) FROM lms_tui.audit") == 0
    assert office.one("SELECT count(*) FROM create_tokens") == 0


async def test_where_mail_is_sent_codes_go_by_mail_and_are_not_told(house: House) -> None:
    async with private(house) as http:
        office = Office(house, house.person("ADMIN", "boss@x.org", "$argon2id$x"), http)
        own, give = uuid4(), people_acts.GiveResetRequest(id=uuid4(), person_id=office.admin)
        request = people_acts.InviteRequest(id=own, email="new@x.org")
        for one, asked in ((people_acts.INVITE, request), (people_acts.RESET, give)) * 2:
            told = (await office.ask(one, asked, private=False)).json()
            assert (told["mailed"], told["code"], told["expires_at"]) == (True, None, None)
    assert sorted(kind for (kind,) in house.db.execute("SELECT kind FROM lms_tui.mail")) == ["invitation", "reset"]
    codes = "SELECT id FROM create_tokens UNION SELECT id FROM reset_tokens"
    assert house.db.execute(f"SELECT count(*) FROM lms_tui.mail WHERE code_id IN ({codes})".encode()).fetchone() == (2,)


async def test_archiving_ends_sessions_and_codes_and_restoring_lets_in_with_the_password(office: Office) -> None:
    hashed = office.house.service.shared.passwords.hash_now(PASSWORD)
    ada = office.house.person("STUDENT", "ada@x.org", hashed)
    office.house.db.execute("UPDATE credentials SET updated_at = now() - interval '1 hour'")
    session = office.house.session(ada)
    give = people_acts.GiveResetRequest(id=uuid4(), person_id=ada)
    words = (await office.good(people_acts.RESET, give))["code"]
    own = uuid4()
    first, again = [(await archive(office, ada, own=own)).json() for _ in range(2)]
    assert first == again
    assert first["changed"] is True
    assert (await ask(office.house.http, accounts.ME, accounts.MeRequest(), session)).status_code == 401
    restored = await office.good(people_acts.RESTORE, people_acts.RestoreRequest(id=uuid4(), person_id=ada))
    assert (restored["archived"], restored["changed"], restored["has_come"]) == (False, True, True)
    assert (await archive(office, ada, own=own)).json() == first  # done long ago: not once more
    assert office.one("SELECT archived FROM users WHERE id = %s", ada) is False
    assert (await ask(office.house.http, accounts.ME, accounts.MeRequest(), session)).status_code == 401
    reset = joining.ResetRequest(code=words, password=PASSWORD)
    assert code(await ask(office.house.http, joining.RESET, reset, {})) == "code_refused"
    sign_in = accounts.SignInRequest(email="ada@x.org", password=PASSWORD)
    assert (await ask(office.house.http, accounts.SIGN_IN, sign_in, {})).status_code == 200
    assert [action for _, action, _ in office.audits()] == [
        "people.reset",
        "people.archive",
        "people.restore",
        "entry.signed_in",
    ]


async def test_who_was_invited_and_archived_can_be_invited_once_more_after_a_restoring(office: Office) -> None:
    invited = (await office.invite("new@x.org", uuid4())).json()
    new = UUID(invited["person_id"])
    await archive(office, new)
    assert code(await accept(office, invited["code"])) == "code_refused"
    restored = await office.good(people_acts.RESTORE, people_acts.RestoreRequest(id=uuid4(), person_id=new))
    assert restored["has_come"] is False
    assert code(await accept(office, invited["code"])) == "code_refused"
    again = (await office.invite("new@x.org", uuid4())).json()
    assert again["again"] is True
    assert (await accept(office, again["code"])).status_code == 200


async def test_another_role_holds_at_the_next_request_and_what_is_so_already_leaves_no_row(office: Office) -> None:
    ada = office.add("ada@x.org", "student")
    assert (await change(office, ada, Role.STUDENT)).json()["changed"] is False
    assert office.audits() == []
    own = uuid4()
    first, again = [(await change(office, ada, Role.ADMIN, own=own)).json() for _ in range(2)]
    assert first == again
    assert (first["was"], first["role"]) == ("student", "ADMIN")
    assert code(await change(office, ada, Role.STUDENT, own=own)) == "id_taken"
    assert office.audits() == [(office.admin, "people.role", ada)]
    assert (await change(office, office.admin, Role.STUDENT, user=ada)).status_code == 200
    assert code(await change(office, ada, Role.STUDENT)) == "forbidden"


async def test_nobody_does_it_to_themselves_nor_to_the_last_administrator(office: Office) -> None:
    office.add("never-came@x.org", "ADMIN", password=False)
    office.house.person("ADMIN", "unusable@x.org", "!")
    gone = office.add("gone@x.org", "ADMIN")
    office.house.db.execute("UPDATE users SET archived = true WHERE id = %s", (gone,))
    assert code(await archive(office, office.admin)) == "not_oneself"
    assert code(await change(office, office.admin, Role.STUDENT)) == "not_oneself"
    acting = office.add("acting@x.org", "ADMIN", password=False)  # as whom the machine's owner acts
    assert code(await archive(office, office.admin, acting)) == "last_admin"
    assert code(await change(office, office.admin, Role.CONTENT_CREATOR, acting)) == "last_admin"
    office.house.person("ADMIN", owner_address())
    over_another = people_acts.ArchiveRequest(id=uuid4(), person_id=office.admin)
    assert code(await office.ask(people_acts.ARCHIVE, over_another, acting, private=False)) == "last_admin"
    assert (await archive(office, office.admin, acting)).status_code == 200
    assert (await office.ask(accounts.ME, accounts.MeRequest())).status_code == 401


async def test_of_two_administrators_who_end_one_another_at_once_one_stays(office: Office) -> None:
    for turn in range(10):
        pair = [office.add(f"{turn}-{n}@x.org", "ADMIN") for n in range(2)]
        ways = archive(office, pair[1], pair[0]), change(office, pair[0], Role.STUDENT, pair[1])
        replies = [reply.status_code for reply in await at_once(ways)]
        assert replies.count(200) == 1, replies  # the other is no administrator any more


async def test_of_the_last_who_can_sign_in_one_stays_though_others_end_them_at_once(office: Office) -> None:
    acting = [office.add(f"acting-{n}@x.org", "ADMIN", password=False) for n in range(2)]
    for turn in range(10):
        last = office.admin, office.add(f"boss-{turn}@x.org", "ADMIN")
        replies = await at_once(archive(office, boss, by) for boss, by in zip(last, acting, strict=True))
        assert sorted(reply.status_code for reply in replies) == [200, 409], turn
        office.house.db.execute("UPDATE users SET archived = email LIKE %s", ("boss-%",))


async def test_groups_are_named_in_whatever_case_or_by_id_and_change_once(office: Office) -> None:
    ada, evening, morning = office.add("ada@x.org"), office.group("Evening"), office.group("Morning")

    async def groups(**what: list[str]) -> httpx.Response:
        return await office.ask(people_acts.GROUPS, people_acts.GroupsRequest(id=uuid4(), person_id=ada, **what))

    assert (await groups(add=["EVENING", str(morning)])).json()["added"] == ["Evening", "Morning"]
    assert (await groups(add=["evening"])).json()["added"] == []
    assert (await groups(remove=["evening"])).json()["removed"] == ["Evening"]
    assert office.one("SELECT group_id FROM group_users") == morning
    assert len(office.audits()) == 2
    office.group("morning")
    assert code(await groups(add=["Morning"])) == "person_refused"
    assert code(await groups(add=["None"])) == "person_refused"
    office.house.db.execute("UPDATE groups SET archived = true WHERE id = %s", (evening,))
    assert code(await groups(add=["Evening"])) == "person_refused"
    assert code(await groups(add=[str(morning)], remove=[str(morning)])) == "bad_request"
