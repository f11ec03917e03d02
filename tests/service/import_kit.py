"""What tests of imports share: a course folder written on the spot, uploads of it, and all rows of the database."""

import io
import shutil
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from lms_tui.client.packing import pack
from lms_tui.db.tables import metadata

from .conftest import House

CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases"


class Folder:
    """A small course of two chapters that tests change and import again."""

    def __init__(self, root: Path, course: UUID | None = None) -> None:
        self.id = course or uuid4()
        self.root = root
        self.chapters = {"one": ["a.md", "b.md"], "two": ["quiz.md", "end.md"]}
        self.author = ""
        for chapter, names in self.chapters.items():
            (root / chapter).mkdir(parents=True)
            for name in names:
                self.write(f"{chapter}/{name}", page(name[:-3].title()))
        self.write("two/quiz.md", page("Quiz", 'type = "quiz"\nquestions = "quiz.gift"\nthreshold = 50'))
        self.write("two/quiz.gift", "::q1::Is it so? {T}\n\n::q2::Which one? {=this ~that ~none}\n")
        self.toml()

    def toml(self) -> None:
        """Write course.toml anew."""
        parts = [
            f'id = "{self.id}"\ntitle = "Small course"\ndescription = "D"\ncategory = "Tests"\npublished = true',
            f"author = {self.author!r}" if self.author else "",
            'price = "49.00 USD"',
            *(
                f'[[chapters]]\nfolder = "{name}"\ntitle = "Chapter {name}"\nlessons = {lessons}'
                for name, lessons in self.chapters.items()
            ),
        ]
        self.write("course.toml", "\n".join(parts) + "\n")

    def write(self, path: str, text: str) -> None:
        (self.root / path).write_text(text)

    def lists(self, **chapters: list[str]) -> None:
        """Change which lessons the chapters list; a chapter without a lesson goes."""
        self.chapters = {name: lessons for name, lessons in (self.chapters | chapters).items() if lessons}
        self.toml()


def page(title: str, front: str = "", body: str = "Text.") -> str:
    return f'+++\ntitle = "{title}"\n{front}\n+++\n{body}\n'


def tar(path: Path) -> bytes:
    into = io.BytesIO()
    pack(path, into)
    return into.getvalue()


async def upload(
    house: House, user: UUID, path: Path, *, dry_run: bool = False, body: bytes | None = None
) -> tuple[int, dict[str, Any]]:
    """Import the folder or file `path` as `user`; return status and body."""
    reply = await house.http.post(
        "/v1/imports",
        params={"name": path.name, "dry_run": "true" if dry_run else "false"},
        content=tar(path) if body is None else body,
        headers=house.session(user) | {"content-type": "application/x-tar"},
    )
    return reply.status_code, reply.json()


async def imported(house: House, user: UUID, path: Path) -> dict[str, Any]:
    status, body = await upload(house, user, path)
    assert status == 200, body
    return body


def everything(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all 27 tables, `updated_at` included."""
    return {
        name: house.db.execute(f"SELECT t.* FROM {name} t ORDER BY t::text".encode()).fetchall()
        for name in metadata.tables
    }


def stored(house: House) -> set[str]:
    """Names of all files in the store."""
    root = house.service.shared.settings.files
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def one(house: House, statement: str, *values: Any) -> Any:
    """The one value that a statement gives."""
    row = house.db.execute(statement.encode(), values).fetchone()
    return None if row is None else row[0]


def copy(source: Path, to: Path) -> Path:
    shutil.copytree(source, to)
    return to
