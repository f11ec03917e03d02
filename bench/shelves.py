"""A large catalog with words as people use them: few of them everywhere, most of them rare, in many languages.

100,000 courses of 5,000 authors in 1,000 categories, their titles and descriptions drawn from 30,000 words by Zipf's
law. Always the same for a seed. Chapters and lessons come from `rows.py`, whose ids of courses these are.
"""

import random
from collections.abc import Iterator
from itertools import accumulate, islice
from typing import Final

import psycopg

import rows

WORDS: Final = 30_000
AUTHORS: Final = 5_000
CATEGORIES: Final = 1_000
_SEED: Final = 20260707

_MOST_USED: Final = (
    "and for the of introduction to data python in with course advanced practical database learning design systems"
    " für und die der de la les web security statistics history programming analysis network management modern"
    " linear algebra Grundlagen Über Einführung économie gestión данные введение в и язык μαθηματικά 数据库 入门 学习"
)
_ONSETS: Final = {
    "latin": [*"bcdfghjklmnprstvwz", "br", "ch", "cr", "dr", "fl", "gr", "pl", "pr", "sh", "sp", "st", "th", "tr"],
    "accents": ["b", "ç", "d", "f", "g", "h", "l", "m", "ñ", "p", "r", "s", "t", "v", "ß", "cz", "sz", "tr"],
    "cyrillic": ["б", "в", "г", "д", "ж", "з", "к", "л", "м", "н", "п", "р", "с", "т", "ф", "х", "ц", "ч", "ш"],
    "greek": ["β", "γ", "δ", "ζ", "θ", "κ", "λ", "μ", "ν", "ξ", "π", "ρ", "σ", "τ", "φ", "χ"],
    "arabic": ["ب", "ت", "ج", "ح", "د", "ر", "س", "ش", "ص", "ع", "ف", "ق", "ك", "ل", "م", "ن"],
    "han": ["数", "据", "学", "习", "语", "言", "历", "史", "网", "络", "程", "序", "设", "计", "分", "析", "安", "全"],
}
_NUCLEI: Final = {
    "latin": ["a", "e", "i", "o", "u", "ai", "ea", "ou", "io"],
    "accents": ["ä", "é", "è", "í", "ö", "ü", "ó", "å", "ê", "a", "e", "i"],
    "cyrillic": ["а", "е", "и", "о", "у", "ы", "я", "ю", "ё"],
    "greek": ["α", "ε", "η", "ι", "ο", "υ", "ω", "ά", "έ"],
    "arabic": ["ا", "و", "ي"],
    "han": ["", "基", "础"],
}
_CODAS: Final = ["", "", "n", "r", "s", "l", "t"]
_SCRIPTS: Final = ["latin"] * 12 + ["accents"] * 4 + ["cyrillic", "cyrillic", "greek", "arabic", "han"]


def _dice(which: int) -> random.Random:
    return random.Random(_SEED + which)  # noqa: S311 - the same every time


def vocabulary() -> list[str]:
    """Return the words, the commonest first."""
    dice, seen = _dice(0), dict.fromkeys(_MOST_USED.split())
    while len(seen) < WORDS:
        script = dice.choice(_SCRIPTS)
        parts = [
            dice.choice(_ONSETS[script])
            + dice.choice(_NUCLEI[script])
            + (dice.choice(_CODAS) if script == "latin" else "")
            for _ in range(dice.choice((1, 2, 2, 3, 3, 4)))
        ]
        seen.setdefault("".join(parts))
    return list(seen)


def weights() -> list[float]:
    """Return the running sum of the words' shares, for `random.choices`."""
    return list(accumulate(1 / (rank + 2.7) for rank in range(WORDS)))


def courses(number: int) -> Iterator[tuple[object, ...]]:
    """Yield the columns of so many courses: id, title, description, price, author, category, published."""
    dice, words, shares = _dice(1), vocabulary(), weights()
    many = list(accumulate(1 / (rank + 20) for rank in range(AUTHORS)))
    for at in range(1, number + 1):
        title = " ".join(dice.choices(words, cum_weights=shares, k=dice.randint(2, 7)))[:98]
        about = " ".join(dice.choices(words, cum_weights=shares, k=dice.randint(10, 45)))[:1000]
        author = dice.choices(range(AUTHORS), cum_weights=many)[0] + 1
        price = 900 + at % 90 * 100 if at % 10 == 0 else 0
        category = dice.randint(1, CATEGORIES)
        yield (
            rows.course(at), title[:1].upper() + title[1:], about, price, rows.author(author),
            rows.category(category), at % 50 != 0,
        )  # fmt: skip


def people() -> Iterator[tuple[object, ...]]:
    """Yield the columns of the authors: id, address, first and last name, role."""
    dice, words = _dice(2), [word for word in vocabulary() if word.isalpha() and len(word) > 3]
    firsts = words[:400]
    for at in range(1, AUTHORS + 1):
        name = dice.choice(firsts).title(), dice.choice(words[400:9000]).title()
        yield rows.author(at), f"author{at}@example.org", *name, "CONTENT_CREATOR"


def fill(connection: psycopg.Connection[tuple[object, ...]], number: int) -> None:
    """Add authors, categories and so many courses to a migrated database that has the people of `rows.py` only."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        with cursor.copy("COPY users (id, email, first_name, last_name, role) FROM STDIN") as copy:
            for person in people():
                copy.write_row(person)
        cursor.execute("DELETE FROM categories")
        with cursor.copy("COPY categories (id, name, display_order) FROM STDIN") as copy:
            for at, name in enumerate(islice(vocabulary(), 100, 100 + CATEGORIES), 1):
                copy.write_row((rows.category(at), f"{name.capitalize()} {at}", at))
        columns = "id, title, description, price_in_cents, author_id, category_id, is_published"
        with cursor.copy(f"COPY courses ({columns}) FROM STDIN") as copy:
            for course in courses(number):
                copy.write_row(course)
