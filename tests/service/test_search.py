"""Searching the catalog: what is found by which words, in which order, and what is narrowed and counted."""

import asyncio
import dataclasses
import random
import time
from contextlib import suppress
from typing import Any, cast
from uuid import UUID, uuid4

import psycopg
import pytest

from lms_tui.rules.search import Query, in_category
from lms_tui.service import catalog, spelling
from lms_tui.service.context import Caller, Context
from lms_tui.service.database import Pools
from lms_tui.wire import catalog as wire

from .conftest import House
from .quiz_kit import code

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


@pytest.fixture
def reader(house: House) -> UUID:
    """Somebody who searches."""
    return house.person()


class Shelf:
    """Courses by title, and searches among them."""

    def __init__(self, house: House, reader: UUID) -> None:
        self.house, self.reader = house, reader

    def author(self, first: str, last: str) -> UUID:
        user = self.house.person("CONTENT_CREATOR")
        self.house.db.execute("UPDATE users SET first_name = %s, last_name = %s WHERE id = %s", (first, last, user))
        return user

    def add(self, title: str, description: str = "", *, author: UUID | None = None, price: int = 0) -> UUID:
        course = self.house.course(author or self.house.person(), title, price=price)
        self.house.db.execute("UPDATE courses SET description = %s WHERE id = %s", (description, course))
        return course

    async def page(self, search: str, **ask: Any) -> Json:
        reply = await self.house.http.get(
            "/v1/catalog", params={"search": search, **ask}, headers=self.house.session(self.reader)
        )
        assert reply.status_code == 200, reply.text
        found: Json = reply.json()
        return found

    async def titles(self, search: str, **ask: Any) -> list[str]:
        return [card["title"] for card in (await self.page(search, **ask))["courses"]]

    async def counts(self, search: str = "", **ask: Any) -> Json:
        reply = await self.house.http.get(
            "/v1/catalog/counts", params={"search": search, **ask}, headers=self.house.session(self.reader)
        )
        assert reply.status_code == 200, reply.text
        found: Json = reply.json()
        return found


@pytest.fixture
def shelf(house: House, reader: UUID) -> Shelf:
    return Shelf(house, reader)


async def test_ranks_come_in_their_order(shelf: Shelf) -> None:
    codd = shelf.author("Edgar", "Java")
    shelf.add("Zoo", "whole: java")
    shelf.add("About islands", "only as a beginning: javanese")
    shelf.add("A book by somebody", author=codd)
    shelf.add("Learn javascript")
    shelf.add("Learn Java")
    shelf.add("JavaScript")
    shelf.add("Java, slowly")
    shelf.add("Nothing of it")
    ranked = [
        *("Java, slowly", "JavaScript"),  # begin with it
        "Learn Java",  # whole in the title
        "Learn javascript",  # the beginning of a word of the title
        "A book by somebody",  # its author
        "Zoo",  # whole in the description
        "About islands",
    ]
    assert await shelf.titles("java") == ranked
    assert await shelf.titles("  JAVA! ") == ranked
    assert await shelf.titles("java", sort="title") == sorted(ranked)
    assert (await shelf.counts("java"))["total"] == len(ranked)


async def test_words_are_found_in_several_fields_and_by_the_authors_name_as_it_is_now(shelf: Shelf) -> None:
    codd = shelf.author("Edgar", "Codd")
    shelf.add("Relational algebra", "for databases", author=codd)
    shelf.add("The shell", author=codd)
    shelf.add("Other databases")
    assert await shelf.titles("codd") == ["Relational algebra", "The shell"]
    assert await shelf.titles("edgar co") == []  # two letters are a whole name, or a beginning in a title
    assert await shelf.titles("edgar cod") == ["Relational algebra", "The shell"]
    assert await shelf.titles("codd databases") == ["Relational algebra"]
    assert await shelf.titles("databases relational codd") == ["Relational algebra"]
    assert (await shelf.counts("codd databases"))["total"] == 1
    shelf.house.db.execute("UPDATE users SET last_name = 'Müller-Codrescu' WHERE id = %s", (codd,))
    assert await shelf.titles("codd") == []
    assert await shelf.titles("muller") == await shelf.titles("codrescu edgar") == ["Relational algebra", "The shell"]


@pytest.mark.parametrize(
    ("title", "searches"),
    [
        ("Über den Fluß", ["uber", "Über", "FLUSS", "fluß", "u\u0308ber flus"]),
        ("C++ für Anfänger", ["c++", "C++ fur", "cplusplus"]),
        ("L’économie d'aujourd'hui", ["economie", "l'éco", "hui"]),
        ("Введение в ЯЗЫК", ["язык", "ВВЕД"]),
        ("Smørrebrød & Łódź", ["smorrebrod", "lodz", "Łódź smør"]),
        ("数据库 入门", ["数据", "入门"]),
        ("مقدمة، في البرمجة؟", ["البرمجة", "مقدمة"]),
        ("Ｗｉｄｅ ﬁgures", ["wide", "figures"]),
        ("Emoji 🎉 party", ["🎉", "party 🎉"]),
        ("node.js, vue.js and snake_case", ["node", "js vue", "case"]),
    ],
)
async def test_accents_case_and_forms_of_letters_do_not_matter(shelf: Shelf, title: str, searches: list[str]) -> None:
    shelf.add(title)
    shelf.add("Another")
    for search in searches:
        assert await shelf.titles(search) == [title], search


async def test_c_sharp_is_not_c(shelf: Shelf) -> None:
    for title in ("C for all", "C# for all", "C++ for all"):
        shelf.add(title)
    assert await shelf.titles("c#") == ["C# for all"]
    assert await shelf.titles("c for") == ["C for all"]


async def test_one_letter_stands_at_the_beginning_of_a_title_or_alone_and_two_begin_words_of_titles(
    shelf: Shelf,
) -> None:
    shelf.add("Data")
    shelf.add("My data", "dark d")
    shelf.add("Another", "dark")
    assert await shelf.titles("d") == ["Data", "My data"]
    assert await shelf.titles("da") == ["Data", "My data"]
    assert await shelf.titles("dar") == ["Another", "My data"]


SIGNS = ("'", "\\'", ":*", "!!! ??? ...", "( ) ' ''", "\ufeff", " \t ", "\0")
"""What has no word in it, and so narrows nothing."""


@pytest.mark.parametrize("search", SIGNS)
async def test_signs_alone_are_no_search(shelf: Shelf, search: str) -> None:
    shelf.add("Data")
    assert await shelf.titles(search) == ["Data"]
    assert (await shelf.counts(search))["total"] == 1


@pytest.mark.parametrize("search", ["^data", ".data", "\0data\0", "\u202edata\u2066", "(data) & !", "'data':*"])
async def test_no_sign_is_an_operator(shelf: Shelf, search: str) -> None:
    shelf.add("Data")
    shelf.add("Other")
    assert await shelf.titles(search) == ["Data"]


@pytest.mark.parametrize(
    "search",
    [
        "a & b | !c <-> d:*",
        "%s %(x)s",
        "data" * 2500,
        "a " * 5000,
        "🎉🎉",
        "x" * 10_000,
        "e'\\u0041'",
        "$1",
        "غير موجود",
    ],
)
async def test_any_text_may_be_searched_for(shelf: Shelf, search: str) -> None:
    shelf.add("Data")
    assert await shelf.titles(search) == []
    assert (await shelf.counts(search))["total"] == 0


@pytest.mark.parametrize("sort", ["relevance", "title", "newest", "price"])
async def test_pages_of_a_search_meet_both_ways_and_drop_nothing(shelf: Shelf, sort: str) -> None:
    dice = random.Random(4)  # noqa: S311 - the same every time
    authors = [shelf.author("Vera", "Javanovic"), shelf.house.person()]
    texts = ("java", "javanese", "Java", "none")
    for number in range(90):
        title = f"{dice.choice(['Java', 'javas', 'On java', 'On javas', 'About', 'about'])} {number % 20}"
        shelf.add(title, dice.choice(texts), author=dice.choice(authors), price=dice.choice((0, 0, 100)))
    ask = {"sort": sort, "size": "20"}
    total = (await shelf.counts("java"))["total"]
    pages = [await shelf.page("java", **ask)]
    while pages[-1]["next"]:
        pages.append(await shelf.page("java", after=pages[-1]["next"], **ask))
    forth = [card["id"] for found in pages for card in found["courses"]]
    assert len(forth) == len(set(forth)) == total > 60
    back = [await shelf.page("java", last="true", **ask)]
    while back[0]["previous"]:
        back.insert(0, await shelf.page("java", before=back[0]["previous"], **ask))
    assert [card["id"] for found in back for card in found["courses"]] == forth
    between = await shelf.page("java", before=pages[2]["previous"], **ask)
    assert between["courses"] == pages[1]["courses"]


async def test_a_place_of_another_order_is_refused(shelf: Shelf) -> None:
    for number in range(30):
        shelf.add(f"Java {number}")
    place = (await shelf.page("java", size="20"))["next"]
    reply = await shelf.house.http.get(
        "/v1/catalog",
        params={"search": "java", "sort": "title", "after": place},
        headers=shelf.house.session(shelf.reader),
    )
    assert (reply.status_code, code(reply)) == (400, "bad_request")


async def test_a_misspelled_word_is_searched_as_what_it_nearly_is_and_that_is_said(shelf: Shelf) -> None:
    shelf.add("Python, slowly", author=shelf.author("Ada", "Lovelace"))
    shelf.add("Pylons")
    for typed, word in (("pyhton", "python"), ("pythom", "python"), ("pyton", "python"), ("lovelase", "lovelace")):
        found = await shelf.page(typed)
        assert (found["corrected"], [card["title"] for card in found["courses"]]) == (word, ["Python, slowly"]), typed
        assert (await shelf.counts(found["corrected"]))["total"] == 1
    assert (await shelf.page("slowly pyhton"))["corrected"] == "slowly python"
    assert (await shelf.page("SLOWLY"))["corrected"] is None
    for typed in ("xyzxyz", "pyl slowly", "python pylons"):  # nothing is like it; known words, but not together
        found = await shelf.page(typed)
        assert (found["corrected"], found["courses"]) == (None, [])


async def test_a_word_of_a_course_that_another_program_writes_is_known_before_long(shelf: Shelf) -> None:
    shelf.add("Python")
    assert await shelf.titles("hsakell") == []
    shelf.add("Haskell")
    assert await shelf.titles("hsakell") == []  # not gathered yet
    shelf.house.db.execute(
        "UPDATE lms_tui.search_edition SET begun_at = begun_at - interval '1 minute',"
        " ended_at = ended_at - interval '1 minute'"
    )
    assert await shelf.titles("hsakell") == ["Haskell"]
    shelf.house.db.execute("UPDATE courses SET title = 'Haskells' WHERE title = 'Haskell'")
    shelf.house.db.execute(
        "UPDATE lms_tui.search_edition SET begun_at = begun_at - interval '1 minute',"
        " ended_at = ended_at - interval '1 minute'"
    )
    assert await shelf.titles("hsakells") == ["Haskells"]
    row = shelf.house.db.execute("SELECT count(*) FROM lms_tui.search_words WHERE word = 'haskell'").fetchone()
    assert row == (0,)


async def test_who_searches_while_the_words_are_gathered_does_not_wait(shelf: Shelf, database_url: str) -> None:
    shelf.add("Python")
    assert await shelf.titles("pyhton") == ["Python"]
    shelf.house.db.execute(
        "UPDATE lms_tui.search_edition SET begun_at = begun_at - interval '1 minute',"
        " ended_at = ended_at - interval '1 minute'"
    )

    async def took(search: str) -> float:
        began = time.monotonic()
        await shelf.titles(search)
        return time.monotonic() - began

    with psycopg.connect(database_url) as other:
        other.execute("LOCK TABLE lms_tui.search_words IN SHARE MODE")  # read, but not written
        # begins the gathering, and has its answer at once
        assert await took("pythom") < spelling._WAIT_SECONDS
        row = shelf.house.db.execute("SELECT ended_at IS NULL FROM lms_tui.search_edition").fetchone()
        assert row == (True,)  # it is under way
        assert await took("xyzxyz") < spelling._WAIT_SECONDS


async def test_that_the_words_are_young_is_seen_without_a_write(shelf: Shelf) -> None:
    shelf.add("Python")
    assert await shelf.titles("pyhton") == ["Python"]
    seen = "SELECT xmax::text, ctid::text FROM lms_tui.search_edition"
    before = shelf.house.db.execute(seen).fetchone()
    assert await shelf.titles("xyzxyz") == []
    assert shelf.house.db.execute(seen).fetchone() == before


async def test_without_our_own_schema_only_the_correction_is_missing(shelf: Shelf) -> None:
    shelf.add("Python")
    shelf.house.db.execute("DROP TABLE lms_tui.search_words, lms_tui.search_edition")
    assert await shelf.titles("python") == ["Python"]
    assert await shelf.titles("pyhton") == []


async def test_the_words_are_gathered_by_one_of_many_at_once(shelf: Shelf) -> None:
    shelf.add("Python")
    found = await asyncio.gather(*(shelf.titles(f"pytho{letter}") for letter in "abcdefgh"))
    assert set(map(tuple, found)) <= {("Python",), ()}
    row = shelf.house.db.execute("SELECT edition, ended_at IS NOT NULL FROM lms_tui.search_edition").fetchone()
    assert row == (1, True)


async def test_author_and_state_narrow_the_pages_and_the_counts(shelf: Shelf) -> None:
    codd = shelf.author("Edgar", "Codd")
    made = [shelf.add(f"Java {number}", author=codd if number % 2 else None) for number in range(6)]
    taken, completed = made[1:3], made[3:4]
    for course in (*taken, *completed):
        done = "now()" if course in completed else "NULL"
        shelf.house.db.execute(
            f"INSERT INTO student_courses (user_id, course_id, completed_at) VALUES (%s, %s, {done})".encode(),
            (shelf.reader, course),
        )
    for search in ("", "java", "codd", "java codd"):
        by_codd = {"Java 1", "Java 3", "Java 5"}
        everything = by_codd if "codd" in search else {f"Java {number}" for number in range(6)}
        for state, of_state in (
            ("not_taken", {"Java 0", "Java 4", "Java 5"}),
            ("taken", {"Java 1", "Java 2"}),
            ("completed", {"Java 3"}),
            ("all", everything),
        ):
            for author in ({}, {"author_id": str(codd)}):
                wanted = everything & of_state & (by_codd if author else everything)
                ask = {"state": state, **author}
                for sort in ("relevance", "newest"):
                    assert set(await shelf.titles(search, sort=sort, **ask)) == wanted, (search, ask)
                assert (await shelf.counts(search, **ask))["matching"] == len(wanted), (search, ask)


async def test_a_category_and_an_author_are_asked_of_the_index(shelf: Shelf) -> None:
    """Courses of others are not even looked at: a common word costs in a category what the category has."""
    author, category, reader = uuid4(), uuid4(), Caller(shelf.reader, "", "", "", "")
    asked: list[dict[str, Any]] = []

    class Recorded:
        async def found(self, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
            asked.append(values)
            return await shelf.house.service.shared.pools.found(sql, values)

    ctx = Context(dataclasses.replace(shelf.house.service.shared, pools=cast("Pools", Recorded())), reader, "")
    with suppress(AttributeError):  # nothing is found, and no spelling is looked for
        await catalog.page(ctx, wire.PageRequest(search="java", author_id=author, category_id=category))
    await catalog.counts(ctx, wire.CountsRequest(search="java", author_id=author, category_id=category))
    for values, only in ((asked[1], f" & '#{category}' & '@{author}'"), (asked[3], f" & '@{author}'")):
        for name in ("anything", "title", "rank_1", "rank_2", "rank_4", "rank_5"):
            assert values[name].endswith(only), name
            assert values[name].count("#") == only.count("#")


def test_ranks_exclude_each_other_by_their_text() -> None:
    ranks = Query(("data", "is")).ranks
    assert ranks[1] == "('.data' & '.is') & !'^data is':*"
    assert ranks[5].endswith("& !('data' & 'is')")
    assert Query(("data", "is")).without(["data"]) == "('^data is':* | (('is' | '.is':*)))"
    assert Query(("data",)).without(["data"]) == ""


def test_authors_of_whose_names_the_same_words_are_left_are_one_query() -> None:
    one, two, three, whole = (UUID(int=number) for number in range(1, 5))
    named = {one: ["ada"], two: ["codd"], three: ["ada"], whole: ["codd", "ada"]}
    assert Query(("ada", "codd")).by_authors(named) == [
        f"(('@{one}' | '@{three}') & ('^ada codd':* | ('codd':*)))",
        f"(('@{two}') & ('^ada codd':* | ('ada':*)))",
    ]
    only = (in_category(whole),)
    assert all(query.endswith(f" & '#{whole}'") for query in Query(("ada", "codd"), only).by_authors(named))
