"""A course taken whole, by keys alone, whatever screens it leads to; and all that could have been recorded, hashed."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from tests.rows import hashed, row_hashes
from tests.tui.library import Reader
from textual.screen import Screen

from lms_tui.tui.paper import Paper
from lms_tui.tui.screens.confirm import ConfirmScreen
from lms_tui.tui.screens.judged import JudgedScreen
from lms_tui.tui.screens.lesson import LessonScreen
from lms_tui.tui.screens.quiz import QuizScreen
from lms_tui.tui.screens.quiz_start import QuizStartScreen
from lms_tui.tui.screens.result import ResultScreen
from lms_tui.tui.screens.review import ReviewScreen
from lms_tui.wire.quizzes import Kind


def hashes(db: psycopg.Connection[tuple[Any, ...]], folder: Path) -> dict[str, str]:
    """A hash of all rows of each table of both schemas, of the outbox' rows and of the file of places."""
    made = row_hashes(db)
    with closing(sqlite3.connect(f"file:{folder / 'outbox.sqlite'}?mode=ro", uri=True)) as outbox:
        made["outbox"] = hashed("\n".join(outbox.iterdump()).encode())
    places = folder / "places.json"
    made["places"] = hashed(places.read_bytes()) if places.exists() else "none"
    return made


async def walk(reader: Reader) -> list[str]:
    """Take the course from its outline to its last lesson, and return the kinds of screens seen, in order."""
    seen: list[str] = []
    outline = reader.screen
    await reader.press("c")
    await _is_other(reader, outline)
    while True:
        screen = reader.screen
        seen.append(type(screen).__name__)
        if not await _step(reader, screen):
            return seen
        await _is_other(reader, screen)


async def _step(reader: Reader, screen: Screen[Any]) -> bool:
    """Do what leads from `screen` to the next; False where it is the last of the course."""
    match screen:
        case LessonScreen():
            return await _read(reader, screen)
        case QuizStartScreen():
            await reader.until(lambda: screen._quiz is not None)
            await reader.press("s")
        case QuizScreen():
            await _answer_all(reader, screen)
        case ReviewScreen():
            await reader.press("s")
        case ConfirmScreen():
            await reader.press("y")
        case ResultScreen():
            return await _look_through(reader, screen)
        case _:
            raise AssertionError(screen)
    return True


async def _read(reader: Reader, screen: LessonScreen) -> bool:
    await reader.until(lambda: screen._lesson is not None)
    await reader.press("end", "d")
    await reader.until(lambda: screen._done)
    assert screen._lesson is not None
    if screen._lesson.next is not None:
        await reader.press("n")
    return screen._lesson.next is not None


async def _look_through(reader: Reader, screen: ResultScreen) -> bool:
    await reader.until(lambda: screen._result is not None)
    await reader.press("enter")
    await reader.until(lambda: reader.is_on(JudgedScreen))
    await reader.press("n", "escape")
    await reader.until(lambda: reader.screen is screen)
    assert screen._result is not None
    if screen._result.next is not None:
        await reader.press("n")
    return screen._result.next is not None


async def _answer_all(reader: Reader, screen: QuizScreen) -> None:
    """Answer each question by its keys, the first option of each."""
    await reader.until(lambda: screen._paper is not None and not screen.has_class("-calm"))
    paper = screen._paper
    assert paper is not None
    for at, question in enumerate(paper.questions):
        await _is_at(reader, paper, at)
        if question.kind is Kind.STATEMENTS:
            for _ in question.options:
                await reader.press("t", "down")
        elif question.kind in {Kind.BLANKS, Kind.TEXT}:
            for blank in range(max(1, question.blanks)):
                await reader.press(*"word", *(["down"] if blank + 1 < question.blanks else []))
        else:
            await reader.press("1")
        await reader.press("ctrl+n" if question.kind in {Kind.BLANKS, Kind.TEXT} else "right")


async def _is_at(reader: Reader, paper: Paper, at: int) -> None:
    await reader.until(lambda: paper.position == at, f"question {at + 1}")


async def _is_other(reader: Reader, screen: Screen[Any]) -> None:
    await reader.until(lambda: reader.screen is not screen, f"another screen than {screen}")
