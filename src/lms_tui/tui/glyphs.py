"""The marks that the screens draw with, their names, and a look-alike of the same width in ASCII for each.

Widgets always draw with the marks here. Where the terminal shows ASCII only, `filters.AsciiFilter` replaces every
cell on its way out by `ASCII_LOOKALIKES`, so no widget asks what the terminal can show.
"""

CURSOR_BAR = "▌"
BAR_FULL = "█"
BAR_EMPTY = "░"
DONE = "✓"
WRONG = "✗"
HERE = "●"
OPEN = "○"
WAITING = "◌"
LOCKED = "▪"
PATH = "›"
SORT = "▸"
DOT = "·"
ELLIPSIS = "…"
FLAG = "⚑"
BAR_HALF = "▄"
LINE = "┄"
TICK = "┤"
CORNER = "└"
BASE = "─"

KEY_LABELS = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "enter": "⏎",
    "escape": "esc",
    "question_mark": "?",
    "slash": "/",
    "dollar_sign": "$",
    "exclamation_mark": "!",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "space": "space",
    "pageup": "pgup",
    "pagedown": "pgdn",
}
"""How the name of a key (Textual's) is written in a key bar and on the help page; see `key_label`."""

_LOOKALIKES = {
    "-": "─━╌╍┄┅┈┉╴╶╸╺‐‑‒–—―−·•⁃∙⋅",
    "|": "│┃╎╏┆┇┊┋╵╷╹╻║▌▐▏▎▍▕❘",
    "+": "┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝╠╣╦╩╬┏┓┗┛┣┫┳┻╋╞╡╪╒╕╘╛╤╧╢╟╥╨╫╓╖╙╜┝┥┿┯┷┠┨╂┰┸✚⊕",
    "=": "═≡≈≃≅",
    "#": "█▇▆▓■◼▪▣",
    ".": "░▒▁▂…‥◦⋯",
    "_": "▔▄▃",
    "*": "●◉★☆✱⁎⭑◆✦",
    "o": "○◯◎□◻▢",
    "~": "◌∼◇",
    "v": "✓✔☑↓▼▾⌄⇓⤓",
    "x": "✗✘✕✖☒×╳",
    ">": "›»▸▶▷→⇒⟶❯≥⟩",
    "<": "‹«◂◀◁←⇐⟵❮≤⟨",
    "^": "▀↑▲▴⌃⇑⏎↵↩",
    "!": "⚑⚐⚠",
    "'": "‘’‚‛′ʼ",
    '"': "“”„‟″",
    "/": "⁄∕╱",
    "\\": "╲∖",
    " ": "\u00a0\u2002\u2003\u2007\u2009\u200a\u202f",
    "u": "µ",
}
ASCII_LOOKALIKES: dict[str, str] = {mark: ascii_mark for ascii_mark, marks in _LOOKALIKES.items() for mark in marks}
"""One ASCII character for each mark of one cell."""


def key_label(keys: str) -> str:
    """Return how `keys`, names of keys parted by commas, are written in a key bar: "up,down" is "↑↓".

    Names of one character stand as they are; "ctrl+p" becomes "^p"; longer labels are parted by a stroke.
    """
    labels = [_label(key.strip()) for key in keys.split(",")]
    return ("" if all(len(label) == 1 for label in labels) else "/").join(labels)


def is_typed(key: str) -> bool:
    """Tell whether a key, by its name, is one that writes a character into a field."""
    return key == "space" or (len(_label(key)) == 1 and _label(key).isascii())


def _label(key: str) -> str:
    if key.startswith("ctrl+"):
        return "^" + _label(key.removeprefix("ctrl+"))
    return KEY_LABELS.get(key, key)
