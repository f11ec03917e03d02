"""Which word was meant: one slip of the fingers away, and the likeliest of these.

A word of three letters or fewer is taken as it is: too many words are one slip away from it.
"""

from collections.abc import Iterable
from typing import Final

SHORTEST: Final = 4


def keys(word: str) -> list[str]:
    """Return the word, and it without each of its letters in turn."""
    return [word, *dict.fromkeys(word[:at] + word[at + 1 :] for at in range(len(word)))]


def is_one_slip(typed: str, word: str) -> bool:
    """Whether the two differ by one letter too many, too few or wrong, or by two neighbours that changed places."""
    start = 0
    while start < min(len(typed), len(word)) and typed[start] == word[start]:
        start += 1
    left, right = typed[start:], word[start:]
    swapped = left[:2] == right[1::-1] and left[2:] == right[2:]
    return left[1:] == right or left == right[1:] or left[1:] == right[1:] or swapped


def likeliest(typed: str, words: Iterable[tuple[str, int]]) -> list[str]:
    """Return `words`, pairs with the number of courses that have them, the one first that was likely meant.

    One slip before a letter in a wrong place; the same first letter, which is seldom mistyped; then the commoner.
    """
    return [
        word
        for word, _ in sorted(
            words, key=lambda one: (not is_one_slip(typed, one[0]), one[0][:1] != typed[:1], -one[1], one[0])
        )
    ]
