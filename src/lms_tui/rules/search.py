"""What a search means: from the words that were typed to the queries of each rank (see `db/queries/search.py`).

Queries are PostgreSQL's `tsquery` as text. A word comes from `FOLD`: it has no sign in it that a query could take
for one of its own.

- Every word has to be found; each may be the beginning of a longer one.
- A word of one letter is only found whole, one of two letters at the beginning of words of the title only, and in an
  author's name whole: they begin so many words that everything would be found. (What is typed is always looked for at
  the beginning of titles, from the first letter on.) A sign of Chinese, Japanese or Korean says as much as three.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

MOST_WORDS: Final = 12
"""Of what is typed: the words after these are passed over."""
_WIDE: Final = "\u1100"
"""From here on a sign is at least a syllable."""


def _length(word: str) -> int:
    return sum(3 if sign >= _WIDE else 1 for sign in word)


def _whole(word: str, mark: str = "") -> str:
    return f"'{mark}{word}'"


def _begun_in_title(word: str) -> str:
    return _whole(word, ".") + (":*" if _length(word) > 1 else "")


def _begun(word: str) -> str:
    match _length(word):
        case 1:
            return _whole(word)
        case 2:
            return f"({_whole(word)} | {_begun_in_title(word)})"
        case _:
            return f"{_whole(word)}:*"


def _all(parts: Iterable[str]) -> str:
    return f"({' & '.join(parts)})"


def in_category(category: UUID) -> str:
    """Return what a course of `category` has in the index."""
    return _whole(str(category), "#")


def of_author(author: UUID) -> str:
    """Return what a course of `author` has in the index."""
    return _whole(str(author), "@")


@dataclass(frozen=True, slots=True)
class Query:
    """A search for `words`, not empty; `text` is what was typed, folded.

    `only` are the `in_category` and `of_author` that it is narrowed by: then the index leaves the other courses out,
    and of a word that stands in a fifth of the catalog only the category's are looked at.
    """

    words: tuple[str, ...]
    only: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words in one line, as a title that begins with them does."""
        return " ".join(self.words)

    @property
    def opening(self) -> str:
        """Titles that begin with what was typed: rank 0."""
        return f"'^{self.text}':*"

    @property
    def title(self) -> str:
        """The first three ranks together: all words in the title."""
        return self._narrowed(f"({self.opening} | {self._title_begun})")

    @property
    def anything(self) -> str:
        """All ranks together, but for those by an author."""
        return self._narrowed(f"({self.opening} | {_all(map(_begun, self.words))})")

    @property
    def ranks(self) -> dict[int, str]:
        """The query of each rank that is found by the course's words, without the ranks before it."""
        title = _all(_whole(word, ".") for word in self.words)
        anywhere, rest = _all(map(_whole, self.words)), f"!{self.opening} & !{self._title_begun}"
        ranks = {
            1: f"{title} & !{self.opening}",
            2: f"{self._title_begun} & !{self.opening} & !{title}",
            4: f"{anywhere} & {rest}",
            5: f"{_all(map(_begun, self.words))} & {rest} & !{anywhere}",
        }
        return {rank: self._narrowed(query) for rank, query in ranks.items()}

    @property
    def _title_begun(self) -> str:
        return _all(map(_begun_in_title, self.words))

    def without(self, words: Collection[str]) -> str:
        """What a course has to have besides an author whose name has `words`; '' where nothing is left."""
        left = [word for word in self.words if word not in words]
        return f"({self.opening} | {_all(map(_begun, left))})" if left else ""

    def by_authors(self, authors: Mapping[UUID, Collection[str]]) -> list[str]:
        """The courses of `authors`, of whose names each has some of the words but not all: a query for each choice of
        words that is left."""
        together: dict[str, list[str]] = {}
        for author, words in authors.items():
            together.setdefault(self.without(words), []).append(of_author(author))
        return [self._narrowed(f"(({' | '.join(those)}) & {left})") for left, those in together.items() if left]

    def _narrowed(self, query: str) -> str:
        """Return `query`, parts that are joined by `&`, with what it is narrowed by."""
        return " & ".join((query, *self.only))
