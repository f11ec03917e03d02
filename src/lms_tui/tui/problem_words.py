"""Where a problem of a course is, in words."""

from lms_tui.tui import glyphs
from lms_tui.wire.lint import Problem


def place_words(problem: Problem) -> str:
    """Return in words where a problem is, from the widest place to the nearest."""
    question = f"question {problem.question}" if problem.question is not None else ""
    line = f"line {problem.line} of its text" if problem.line is not None else ""
    places = (problem.chapter_title, problem.lesson_title, question or line)
    return f" {glyphs.PATH} ".join(filter(None, places)) or "the course"
