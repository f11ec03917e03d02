"""Pictures made on the spot, good and hostile, and a library's lessons that show them."""

import hashlib
import io
import struct
import zlib
from pathlib import Path
from uuid import UUID

from PIL import Image
from tests.tui.library import Library


def drawn(width: int, height: int, kind: str = "PNG", mode: str = "RGB") -> bytes:
    """A picture whose upper half is red and lower half blue, as the bytes of a file."""
    image = Image.new("RGB", (width, height), (220, 20, 30))
    image.paste((10, 30, 200), (0, height // 2, width, height))
    into = io.BytesIO()
    image.convert(mode).save(into, kind)
    return into.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is that large, and holds next to nothing."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


def put(library: Library, course: UUID, content: bytes, ending: str = "png") -> str:
    """Put a file of `course` into the store; return its key, which texts name."""
    key = f"courses/{course}/{hashlib.sha256(content).hexdigest()}.{ending}"
    path = library.folder / "files" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return key


def rewrite(library: Library, title: str, text: str) -> None:
    """Give a lesson another text."""
    library.db.execute("UPDATE lessons SET description = %s WHERE title = %s", (text, title))


def file(folder: Path, content: bytes, name: str = "x.png") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
