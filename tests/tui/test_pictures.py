"""Pictures as half blocks: how large, in which colours, and what becomes of files that mean no good."""

import io
import os
from pathlib import Path

import pytest
from PIL import Image
from rich.color import Color
from tests.tui.pictures_kit import drawn, file, png_header

from lms_tui.tui import pictures
from lms_tui.tui.look import Look
from lms_tui.tui.pictures import NoPictureError, half_blocks


def colours(picture: pictures.Picture, x: int, y: int) -> tuple[object, object]:
    """Front and back of the cell at `x` and `y`."""
    for segment in picture.lines[y]:
        if x < len(segment.text):
            assert segment.style is not None
            front, back = segment.style.color, segment.style.bgcolor
            return front and front.triplet, back and back.triplet
        x -= len(segment.text)
    raise AssertionError("no such cell")


@pytest.mark.parametrize(
    ("size", "room", "cells"),
    [
        ((800, 400), (40, 99), (40, 10)),
        ((800, 400), (99, 5), (20, 5)),
        ((10, 7), (80, 12), (10, 4)),
        ((4000, 5), (80, 12), (80, 1)),
        ((5, 4000), (80, 12), (1, 12)),
    ],
)
def test_a_picture_keeps_its_shape_in_the_room_it_has(
    size: tuple[int, int], room: tuple[int, int], cells: tuple[int, int], tmp_path: Path
) -> None:
    shown = half_blocks(file(tmp_path, drawn(*size)), *room)
    assert (shown.width, len(shown.lines)) == cells
    assert {sum(len(segment.text) for segment in line) for line in shown.lines} == {cells[0]}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1", "CMYK"])
def test_every_kind_shows_its_colours(kind: str, mode: str, tmp_path: Path) -> None:
    try:
        content = drawn(64, 64, kind, mode)
    except (OSError, ValueError):
        pytest.skip(f"no {kind} in {mode}")
    shown = half_blocks(file(tmp_path, content, "wrong.txt"), 16, 8)  # the name says nothing
    if mode in ("RGB", "P"):
        (_, above), (_, below) = colours(shown, 3, 1), colours(shown, 3, 6)
        assert isinstance(above, tuple)
        assert isinstance(below, tuple)
        assert above[0] > 3 * above[2]
        assert below[2] > 3 * below[0]
    assert len(shown.lines) == 8


def test_what_is_transparent_shows_the_ground(tmp_path: Path) -> None:
    into = io.BytesIO()
    Image.new("RGBA", (8, 8), (255, 255, 255, 0)).save(into, "PNG")
    path = file(tmp_path, into.getvalue())
    assert colours(half_blocks(path, 8, 4, Color.from_rgb(18, 22, 28)), 0, 0) == (None, (18, 22, 28))
    assert colours(half_blocks(path, 8, 4, Color.default()), 0, 0) == (None, (0, 0, 0))


def test_of_what_moves_the_first_frame(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ((200, 0, 0), (0, 200, 0))]
    into = io.BytesIO()
    frames[0].save(into, "GIF", save_all=True, append_images=frames[1:])
    assert colours(half_blocks(file(tmp_path, into.getvalue()), 8, 4), 0, 0) == (None, (200, 0, 0))


def test_equal_cells_stand_together(tmp_path: Path) -> None:
    assert [len(line) for line in half_blocks(file(tmp_path, drawn(400, 400)), 40, 20).lines] == [1] * 20


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GOOD = drawn(300, 300)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (png_header(30_000, 30_000), "900000000 pixels"),
        (png_header(6_000, 6_000), "6000 x 6000 points"),
        (png_header(300, 300), "cannot be read"),
        (GOOD[: len(GOOD) // 2], "cannot be read"),
        (GOOD[:60] + os.urandom(200), "cannot be read"),
        (SVG, "cannot be read"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "cannot be read"),
        (b"", "cannot be read"),
        (b"not a picture", "cannot be read"),
        (drawn(1, 1), "too small"),
        (drawn(900, 2), "too small"),
    ],
    ids=["bomb", "large", "hollow", "cut", "corrupt", "svg", "postscript", "empty", "text", "dot", "rule"],
)
def test_what_is_no_picture_is_told_and_nothing_else_happens(content: bytes, told: str, tmp_path: Path) -> None:
    with pytest.raises(NoPictureError, match=told):
        half_blocks(file(tmp_path, content), 40, 12)


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(NoPictureError):
        half_blocks(tmp_path / "gone.png", 40, 12)


@pytest.mark.parametrize(
    ("colours_", "ascii_only", "shown"),
    [(1 << 24, False, True), (256, False, True), (16, False, False), (0, False, False), (1 << 24, True, False)],
)
def test_which_terminals_show_pictures(colours_: int, ascii_only: bool, shown: bool) -> None:
    assert pictures.are_shown(Look(colours=colours_, ascii_only=ascii_only)) is shown
