"""Lets a mentor's answer through piece by piece, and ends it where it would repeat what the learner must not be told.

What is compared are bare letters, so case, accents, spacing, punctuation, numbering, a word per line, letters apart and
Markdown make no difference; backwards by letters or by words, rot13, base64, hexadecimal and character numbers are seen
through (`mentor.disguises`).

What no filter sees: a paraphrase, a translation, a summary, another cipher, an acrostic, each word encoded by itself, a
foreign letter or a word between every few, what is spread over many answers, yes or no to a guess. Whoever must keep
something from learners must not tell it to a model: no right answer and nothing of other people is
(`rules.mentor_facts`). This keeps instructions and an author's wishes from being copied out, no more.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from lms_tui.mentor.disguises import Base64, Hex, Numbers, Reader, letters, shifted

RUN: Final = 48
"""Letters of a hidden text that may not stand one after the other in an answer: about eight words."""
_HALF: Final = RUN // 2
_STRIDE: Final = RUN - _HALF + 1
SHORT: Final = 32
"""Letters from which a whole hidden text that is shorter than a run is kept; shorter ones are said by chance."""
WORD: Final = 12
"""The same of a text that is one word, as keys and marks are."""
_BATCH: Final = 32
"""Characters after which the disguises are looked through again: each is work for few letters."""
SENTENCE: Final = "The mentor began to repeat its instructions. Ask in another way."


class LeakError(Exception):
    """An answer is about to tell what is hidden; nothing more of it may go out. Its text is for the learner."""

    def __init__(self) -> None:
        super().__init__(SENTENCE)


@dataclass(frozen=True, slots=True)
class _Hidden:
    """What may not be told."""

    runs: frozenset[int]
    """The keys of all runs of RUN letters."""
    halves: frozenset[int]
    """The same of half a run."""
    short: tuple[str, ...]
    """Texts that are shorter than a run, and are looked for as a whole: forwards, and backwards."""


class _Scan:
    """Looks for what is hidden in letters as they come.

    They are looked at in every `_STRIDE`-th place only: whatever holds a whole run holds one of the halves that begin
    at these places.
    """

    def __init__(self, hidden: _Hidden, known: Container[int] = ()) -> None:
        self._hidden, self._known = hidden, known
        self._text = ""
        self._next = 0
        """Where half a run is looked at next."""
        self._open: list[int] = []
        """Where halves begin that are hidden, while runs around them may go on."""

    def look(self, more: str) -> int:
        """Look at the next letters; return how many of the last may be the beginning of a run.

        Raises LeakError where one is whole.
        """
        if any(key not in self._known for key in self.found(more)):
            raise LeakError
        hidden, text = self._hidden, self._text
        if not hidden.short:
            return _begun(text, _HALF, lambda half: _key(half) in hidden.halves)
        if any(short in text for short in hidden.short):
            raise LeakError
        begun = _begun(text, _HALF, lambda half: _key(half) in hidden.halves)
        return max(begun, _begun(text, WORD, lambda part: any(part in short for short in hidden.short)))

    def found(self, more: str) -> Iterator[int]:
        """Yield the keys of the runs that are whole with the letters `more`."""
        before = min(len(self._text), RUN - 1)
        self._next += before - len(self._text)
        self._open = [begin + before - len(self._text) for begin in self._open]
        text = self._text = self._text[len(self._text) - before :] + more
        while self._next + _HALF <= len(text):
            if _key(text[self._next : self._next + _HALF]) in self._hidden.halves:
                self._open.append(self._next)
            self._next += _STRIDE
        if self._open:
            for begin in self._open:
                for at in range(max(0, begin + _HALF - RUN, before - RUN + 1), min(begin, len(text) - RUN) + 1):
                    if (key := _key(text[at : at + RUN])) in self._hidden.runs:
                        yield key
            self._open = [begin for begin in self._open if begin + RUN > len(text)]


class Guarded:
    """One answer on its way to the learner."""

    def __init__(self, hidden: Sequence[str], public: Sequence[str]) -> None:
        """`hidden` may not be told; what of it stands in `public` too may, since the learner knows it."""
        lasting = _lasting(tuple(text for text in hidden if not _is_word(text)))
        bare = [letters(text) for text in public]
        short = [short for short in (*lasting.short, *_words(hidden)) if not any(short in text for text in bare)]
        self._hidden = replace(lasting, short=tuple(short))
        self._known = {key for text in bare for key in _Scan(lasting).found(text)}
        self._plain, self._shifted = self._scan(), self._scan()
        plain = all(letters(text).isascii() for text in hidden)
        self._readers: list[Reader] = [Base64(plain=plain), Hex(plain=plain), Numbers()]
        self._scans: dict[tuple[int, int], _Scan] = {}
        self._held = ""
        """What has come and may not go out yet."""
        self._unread = ""
        """What the readers of disguises have not seen."""
        self._begun = 0
        """How many of the last letters may be the beginning of a run."""
        self._suspected = False
        """Whether a disguise has begun."""

    def let(self, piece: str) -> str:
        """Return what may go out now that `piece` has come. Raises LeakError.

        Of a run that is not whole at most the first half goes out before it is clear that it is none; of one in a
        disguise a little more.
        """
        self._unread += piece
        if len(self._unread) >= _BATCH:
            self._read()
        self._held += piece
        if bare := letters(piece):
            self._begun = max(self._plain.look(bare), self._shifted.look(shifted(bare)))
        elif self._begun:
            return ""
        end = 0 if self._suspected else _before(self._held, self._begun)
        out, self._held = self._held[:end], self._held[end:]
        return out

    def end(self) -> str:
        """Return what is left when the answer has ended. Raises LeakError."""
        self._read()
        out, self._held = self._held, ""
        return out

    def _read(self) -> None:
        """Look through the disguises."""
        begun = 0
        for number, reader in enumerate(self._readers):
            for way, bare in reader.read(self._unread):
                if (scan := self._scans.get((number, way))) is None:
                    scan = self._scans[number, way] = self._scan()
                begun = max(begun, scan.look(bare))
        self._unread, self._suspected = "", begun > 0

    def _scan(self) -> _Scan:
        return _Scan(self._hidden, self._known)


def _begun(text: str, least: int, is_hidden: Callable[[str], bool]) -> int:
    """Return how many of the last letters are hidden, in pieces of `least`; 0 where not so many are."""
    at = len(text) - least
    while at >= 0 and is_hidden(text[at : at + least]):
        at -= 1
    return len(text) - at - 1 if at < len(text) - least else 0


def _key(text: str) -> int:
    """Return the number by which a run is known, the same for it and what it is backwards."""
    return hash(min(text, text[::-1]))


@lru_cache(maxsize=32)
def _lasting(hidden: tuple[str, ...]) -> _Hidden:
    """Return what is hidden of texts that are told again and again: our rules and what an author wrote."""
    runs: set[int] = set()
    halves: set[int] = set()
    short: list[str] = []
    for text in hidden:
        bare = letters(text)
        for form in (bare, "".join(letters(word)[::-1] for word in text.split())):
            if len(form) >= RUN:
                runs.update(_key(form[at : at + RUN]) for at in range(len(form) - RUN + 1))
                halves.update(_key(form[at : at + _HALF]) for at in range(len(form) - _HALF + 1))
            elif len(form) >= SHORT:
                short += [form, form[::-1]]
    return _Hidden(frozenset(runs), frozenset(halves), tuple(short))


def _is_word(text: str) -> bool:
    """Whether a text is one word; a long one is a text in a script without spaces."""
    return len(text.split()) == 1 and len(letters(text)) < RUN


def _words(hidden: Iterable[str]) -> Iterator[str]:
    for text in hidden:
        if _is_word(text) and len(bare := letters(text)) >= WORD:
            yield from (bare, bare[::-1])


def _before(text: str, many: int) -> int:
    """Return where the last `many` letters of `text` begin, 0 where it has not so many."""
    at, count = len(text), 0
    while at and count < many:
        at -= 1
        count += len(letters(text[at]))
    return at
