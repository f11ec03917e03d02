"""The ids of a course's rows, worked out from its source: the same source gives the same rows again.

Rows are uuid5 of the course's id and the path, or the lesson's own id (issue 2, E). A question's id hashes path,
name and ordinal and an option's the question and its place, never a key, a weight or an accepted text, since ids
go to learners before submission (domain.md, before submission).
"""

from uuid import UUID, uuid5

from lms_tui.courses.model import Chapter, Lesson, Question


def chapter_id(course: UUID, chapter: Chapter) -> UUID:
    """Id of a chapter's row; `chapter:` keeps it apart from a lesson of the same path."""
    return _named(chapter.key) or uuid5(course, f"chapter:{chapter.key}")


def part_key(name: str) -> str:
    """Key of the chapter that a part of a book becomes: its title, or (prefix), (numbered), (suffix) without one."""
    return f"part:{name}"


def is_part(course: UUID, chapter: UUID, title: str) -> bool:
    """Tell whether a chapter's row comes from a part of a book, but for a second part of the same title."""
    keys = map(part_key, (title, "(prefix)", "(numbered)", "(suffix)"))
    return any(chapter == chapter_id(course, Chapter(key=key, title=title)) for key in keys)


def lesson_id(course: UUID, lesson: Lesson) -> UUID:
    """Id of a lesson's row. The chapter is no part of it: a lesson with an id of its own may move."""
    return _named(lesson.key) or uuid5(course, lesson.key)


def _named(key: str) -> UUID | None:
    """An own id that is a UUID names a row as it stands, which is how a renamed lesson keeps its own. Whether that
    row may be written is the importer's to check: one of another course is refused."""
    try:
        return UUID(key)
    except ValueError:
        return None


def question_id(lesson: UUID, question: Question, edition: int = 1) -> UUID:
    """Id of a question's row below the lesson's row.

    A question with answers never changes (domain.md, gone from the source): when its text, type or options are
    other ones, it is archived and the next `edition` of it is inserted.
    """
    own = uuid5(lesson, question.key)
    return own if edition == 1 else uuid5(own, f"edition:{edition}")


def option_id(question: UUID, place: int) -> UUID:
    """Id of the option at `place` (0 is the first) of a question's row."""
    return uuid5(question, str(place))
