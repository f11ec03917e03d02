"""A picture as lines of half blocks, or as PNG for a terminal that draws it (`tui.graphics`).

Of half blocks each cell shows two points, one over the other, by its front and back colour.

That is cells like any others: they scroll, are diffed, cropped and sent as text is, on every terminal of 256 colours
or more, over SSH and in tmux. Made in a thread, from a file whose content nobody vouches for: formats that are read are
few and chosen by content, never by name; what is too large is refused by its header, before anything is unpacked.

Pillow is loaded here and nowhere else, with the first picture (30 ms).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

if TYPE_CHECKING:
    from PIL.Image import Image

    from lms_tui.tui.look import Look

MOST_BYTES: Final = 12 * 2**20
"""Of a picture's file; more is not fetched."""
MOST_POINTS: Final = 24_000_000
"""Of a picture: 96 MB while it is made small, a second of a slow machine."""
_FEWEST_POINTS: Final = 4
"""In either direction; less is a counter of readers or a spacer, not a picture."""
_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
_COLOURS: Final = 64
"""Different colours of a picture: as good to the eye at this size, and a sixth fewer bytes (bench/README.md)."""
_LANCZOS: Final = 1
"""Pillow's number of it (`PIL.Image.Resampling`), which is not imported yet."""
_UPPER: Final = "▀"
_BLACK: Final = (0, 0, 0)

Point = tuple[int, int, int]


class NoPictureError(Exception):
    """A file that cannot be shown; the message says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's lines, all of the same width in cells."""

    lines: tuple[tuple[Segment, ...], ...]
    width: int
    number: int = 0
    """By which the terminal knows it (`tui.graphics`); 0 for one of half blocks."""


def are_shown(look: "Look") -> bool:
    """Tell whether this terminal shows pictures: 256 colours at least, not ASCII alone, and they are wanted."""
    return look.pictures != "text" and look.colours >= 256 and not look.ascii_only


def half_blocks(path: Path, columns: int, rows: int, behind: Color | None = None) -> Picture:
    """Return the picture in the file `path` in at most `columns` by `rows` cells, never larger than it is.

    Of one that moves the first frame; what is transparent shows `behind`, None for black. Blocks: call it in a thread.
    Raises NoPictureError for what is none, is too large, or is broken.
    """
    ground = _BLACK if behind is None or behind.triplet is None else (*behind.triplet,)
    with _reading(path) as file:
        image = _opened(file, columns, 2 * rows)
        width, height = _size(image.size, columns, rows)
        bytes_ = _small(image, width, height, ground).tobytes()
    points = [(bytes_[at], bytes_[at + 1], bytes_[at + 2]) for at in range(0, len(bytes_), 3)]
    tops = range(0, height, 2)
    return Picture(tuple(tuple(_line(points[y * width :], width)) for y in tops), width)


def png(path: Path, columns: int, rows: int, cell: tuple[int, int], *, few: bool) -> tuple[bytes, int, int]:
    """Return the picture in the file `path` as PNG, and how many columns and rows it takes, at most those given.

    `cell` is the width and height of a cell in pixels. It is never larger than it is, and holds nothing but what is
    seen; `few`: not more than 256 colours, where each byte has far to go. Blocks: call it in a thread. Raises
    NoPictureError as `half_blocks`.
    """
    width, height = columns * cell[0], rows * cell[1]
    with _reading(path) as file:
        image = _opened(file, width, height)
        flat = image.convert("RGBA" if _is_transparent(image) else "RGB")
        scale = min(1.0, width / flat.width, height / flat.height)
        size = max(1, round(flat.width * scale)), max(1, round(flat.height * scale))
        if size != flat.size:
            flat = flat.resize(size, _LANCZOS, reducing_gap=2.0)
        flat.info.clear()
        into = BytesIO()
        (flat.quantize(256) if few else flat).save(into, "PNG")
    return into.getvalue(), -(-size[0] // cell[0]), -(-size[1] // cell[1])


@contextmanager
def _reading(path: Path) -> Iterator[BinaryIO]:
    """Open a file that may hold anything. Raises NoPictureError for whatever goes wrong with it."""
    try:
        with path.open("rb") as file:
            yield file
    except NoPictureError:
        raise
    except Exception as error:
        raise NoPictureError(f"it cannot be read: {error}") from error


def _is_transparent(image: "Image") -> bool:
    return image.mode in ("RGBA", "P", "PA", "LA", "La") or "transparency" in image.info


def _opened(file: BinaryIO, width: int, height: int) -> "Image":
    """Return the picture with nothing but its header read, checked by that."""
    import warnings  # noqa: PLC0415 - all with the first picture

    from PIL import Image, ImageOps  # noqa: PLC0415

    warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)  # our own bound is below Pillow's
    image = Image.open(file, formats=_FORMATS)
    wide, high = image.size
    if wide * high > MOST_POINTS:
        raise NoPictureError(f"it has {wide} x {high} points")
    if min(wide, high) < _FEWEST_POINTS:
        raise NoPictureError("it is too small to be seen")
    image.draft("RGB", (2 * width, 2 * height))  # of JPEG only as much as is needed is unpacked
    return ImageOps.exif_transpose(image)


def _size(size: tuple[int, int], columns: int, rows: int) -> tuple[int, int]:
    """Return width and height in points, the height even: a cell is one point wide and two high."""
    wide, high = size
    scale = min(1.0, columns / wide, 2 * rows / high)
    width, height = max(1, round(wide * scale)), max(1, round(high * scale))
    return min(columns, width), min(2 * rows, height + height % 2)


def _small(image: "Image", width: int, height: int, ground: Point) -> "Image":
    from PIL import Image  # noqa: PLC0415

    if _is_transparent(image):
        image = image.convert("RGBA")
        image = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
        flat = Image.new("RGB", image.size, ground)
        flat.paste(image, mask=image.getchannel("A"))
    else:
        flat = image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
    few = flat.quantize(_COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return few.convert("RGB")


def _line(points: list[Point], width: int) -> Iterator[Segment]:
    """Yield the cells of a line, equal ones together, from its upper points and the lower ones after them."""
    run, before = 0, None
    for x in range(width):
        cell = points[x], points[width + x]
        if cell != before and before is not None:
            yield _cells(before, run)
            run = 0
        before, run = cell, run + 1
    if before is not None:
        yield _cells(before, run)


def _cells(cell: tuple[Point, Point], count: int) -> Segment:
    upper, lower = cell
    return Segment((" " if upper == lower else _UPPER) * count, _style(upper, lower))


@lru_cache(8192)
def _style(upper: Point, lower: Point) -> Style:
    back = Color.from_rgb(*lower)
    return Style(bgcolor=back) if upper == lower else Style(color=Color.from_rgb(*upper), bgcolor=back)
