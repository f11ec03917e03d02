"""Text as bare letters, and the letters that hide in what a model says in another form: for `mentor.leaks`.

Each reader takes an answer as it comes, in pieces cut anywhere, and gives the letters that it finds. Any text can be
read as base64 or hexadecimal somehow: bytes of which less than a third are letters are no text, and passed over.
"""

import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator
from typing import Final, Protocol

_NOT_LETTERS: Final = bytes(code for code in range(256) if not chr(code).isascii() or not chr(code).isalpha())
_WIDE: Final = re.compile("[\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_ROT13: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "nopqrstuvwxyzabcdefghijklm")
_NOT_BASE64: Final = re.compile("[^A-Za-z0-9+/]+")
_NOT_HEX: Final = re.compile("[^0-9A-Fa-f]+")
_URL_SAFE: Final = str.maketrans("-_", "+/")
_NUMBER: Final = re.compile("[0-9]+")


def letters(text: str) -> str:
    """Return the letters of `text` alone, without case, accents and form; a character that is a word counts three.

    So spaces, line ends, numbers, punctuation and Markdown between letters make no difference.
    """
    if text.isascii():
        return text.encode().lower().translate(None, _NOT_LETTERS).decode()
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return _WIDE.sub(r"\g<0>##", "".join(filter(str.isalpha, folded)))


class Reader(Protocol):
    """Finds letters in one form."""

    def read(self, piece: str) -> Iterator[tuple[int, str]]:
        """Yield the letters that have come with `piece`, each with the number of the way in which it was read."""
        ...


def shifted(bare: str) -> str:
    """Return letters each 13 further (rot13)."""
    return bare.translate(_ROT13)


class _Bytes:
    """What is written as bytes in groups of symbols: it can begin at any symbol, so it is read in each way."""

    def __init__(self, group: int, *, plain: bool) -> None:
        """`plain` promises that nobody looks for letters outside of ASCII, which takes less time."""
        self._group, self._plain = group, plain
        self._symbols = [""] * group
        self._skip = list(range(group))
        self._decoders = [codecs.getincrementaldecoder("utf-8")("ignore") for _ in range(group)]

    def _read(self, symbols: str) -> Iterator[tuple[int, str]]:
        for way in range(self._group):
            waiting = self._symbols[way] + symbols[self._skip[way] :]
            self._skip[way] = max(0, self._skip[way] - len(symbols))
            whole = len(waiting) // self._group * self._group
            self._symbols[way] = waiting[whole:]
            data = self._decode(waiting[:whole])
            if self._plain:
                bare = data.lower().translate(None, _NOT_LETTERS).decode()
            else:
                bare = letters(self._decoders[way].decode(data))
            if 3 * len(bare) > len(data):
                yield way, bare

    def _decode(self, symbols: str) -> bytes:
        raise NotImplementedError


class Base64(_Bytes):
    """Base64 of UTF-8, of both alphabets, whatever stands between its symbols."""

    def __init__(self, *, plain: bool) -> None:
        super().__init__(4, plain=plain)

    def read(self, piece: str) -> Iterator[tuple[int, str]]:
        """Yield the letters of what is decoded."""
        return self._read(_NOT_BASE64.sub("", piece.translate(_URL_SAFE)))

    def _decode(self, symbols: str) -> bytes:
        return binascii.a2b_base64(symbols)


class Hex(_Bytes):
    """Bytes of UTF-8 in hexadecimal digits, also as `0x48`, `\\x48`, `%48` and `\\u0048`."""

    def __init__(self, *, plain: bool) -> None:
        super().__init__(2, plain=plain)
        self._zero = ""

    def read(self, piece: str) -> Iterator[tuple[int, str]]:
        """Yield the letters of what is decoded."""
        piece = self._zero + piece
        self._zero = "0" if piece.endswith("0") else ""
        bare = piece.removesuffix("0").replace("0x", " ").replace("0X", " ")
        return self._read(_NOT_HEX.sub("", bare))

    def _decode(self, symbols: str) -> bytes:
        return binascii.unhexlify(symbols)


class Numbers:
    """Letters by their numbers, decimal or as eight binary digits, whatever stands between."""

    def __init__(self) -> None:
        self._begun = ""

    def read(self, piece: str) -> Iterator[tuple[int, str]]:
        """Yield the letters of the numbers that have ended with `piece`."""
        piece = self._begun + piece
        whole = len(piece) - len(self._begun_in(piece))
        self._begun = piece[whole:][-20:]
        yield 0, letters("".join(map(_character, _NUMBER.findall(piece[:whole]))))

    @staticmethod
    def _begun_in(piece: str) -> str:
        return piece[len(piece.rstrip("0123456789")) :]


def _character(digits: str) -> str:
    code = int(digits, 2) if len(digits) == 8 and not digits.strip("01") else int(digits[:8])
    return chr(code) if 32 <= code < 0x110000 else ""
