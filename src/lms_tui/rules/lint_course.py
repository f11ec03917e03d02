"""What lint tells of a course, its chapters and its lessons; quizzes and links have rules of their own."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from lms_tui.rules.linted import Course, Problem, lessons_of
from lms_tui.wire.text import clean_line, folded

LONGEST_TITLE: Final = 60
"""Most characters of a title that a list has room for on 80 columns, beside what stands at its right."""
TYPES: Final = frozenset({"text", "video", "quiz", "scorm", "external"})


def no_lessons(course: Course) -> Iterator[Problem]:
    """A course without a lesson can be neither taken nor completed."""
    if not any(chapter.lessons for chapter in course.chapters):
        yield Problem("no-lessons", "The course has no lessons: add one.")


def empty_chapter(course: Course) -> Iterator[Problem]:
    """A chapter without lessons shows as a heading over nothing."""
    for chapter in course.chapters:
        if not chapter.lessons:
            yield Problem("empty-chapter", "The chapter has no lessons: add one, or remove the chapter.", chapter)


def long_title(course: Course) -> Iterator[Problem]:
    """A title over LONGEST_TITLE characters is cut in lists at 80 columns."""
    said = f"characters, lists cut it after {LONGEST_TITLE}: shorten it."
    if (length := len(clean_line(course.title))) > LONGEST_TITLE:
        yield Problem("long-title", f"The course's title has {length} {said}")
    for chapter in course.chapters:
        if (length := len(clean_line(chapter.title))) > LONGEST_TITLE:
            yield Problem("long-title", f"The chapter's title has {length} {said}", chapter)
    for chapter, lesson in lessons_of(course):
        if (length := len(clean_line(lesson.title))) > LONGEST_TITLE:
            yield Problem("long-title", f"The lesson's title has {length} {said}", chapter, lesson)


def same_title(course: Course) -> Iterator[Problem]:
    """Two lessons of one chapter, or two chapters, of one title cannot be told apart in the outline."""
    times = Counter(folded(chapter.title) for chapter in course.chapters)
    for chapter in course.chapters:
        if times[folded(chapter.title)] > 1:
            yield Problem("same-title", "Another chapter has the same title: give each its own.", chapter)
        inside = Counter(folded(lesson.title) for lesson in chapter.lessons)
        for lesson in chapter.lessons:
            if inside[folded(lesson.title)] > 1:
                said = "Another lesson of this chapter has the same title: give each its own."
                yield Problem("same-title", said, chapter, lesson)


# Lessons ------------------------------------------------------------------------------------------------


def unknown_type(course: Course) -> Iterator[Problem]:
    """A lesson of an unknown type only shows its description and is completed by hand."""
    for chapter, lesson in lessons_of(course):
        if lesson.type not in TYPES:
            known = ", ".join(sorted(TYPES))
            said = f"The type {lesson.type!r} is unknown, so only the description shows: take one of {known}."
            yield Problem("unknown-type", said, chapter, lesson)


def nothing_to_see(course: Course) -> Iterator[Problem]:
    """A text without text, or a video or external lesson without an address or a file, has nothing to learn from."""
    for chapter, lesson in lessons_of(course):
        has_more = lesson.link or lesson.file
        if lesson.type == "text" and not lesson.text.strip() and not has_more:
            yield Problem("nothing-to-see", "The lesson has no text: write it, or remove the lesson.", chapter, lesson)
        elif lesson.type in {"video", "external", "scorm"} and not has_more:
            said = f"The lesson is {_a(lesson.type)} and has neither an address nor a file: add one."
            yield Problem("nothing-to-see", said, chapter, lesson)


def mentor_without_objectives(course: Course) -> Iterator[Problem]:
    """A mentor without objectives has nothing to check, so that the lesson is completed by hand."""
    for chapter, lesson in lessons_of(course):
        if lesson.has_mentor and not lesson.objectives.strip():
            said = "The lesson's mentor has no objectives to check: write what a learner shall understand."
            yield Problem("mentor-without-objectives", said, chapter, lesson)


def missing_file(course: Course) -> Iterator[Problem]:
    """A lesson whose own file is not there."""
    for chapter, lesson in lessons_of(course):
        if lesson.file and lesson.file not in course.files:
            said = f"The lesson's file {lesson.file!r} is not there: add it, or import the course again."
            yield Problem("missing-file", said, chapter, lesson)


def image_without_words(course: Course) -> Iterator[Problem]:
    """An image without an alternative text is nothing where images cannot be shown, and to screen readers."""
    for chapter, lesson in lessons_of(course):
        for image in lesson.found.mute_images:
            said = f"The image {image.target!r} has no alternative text: say in a few words what it shows."
            yield Problem("image-without-words", said, chapter, lesson, line=image.line, needle=image.target)


def _a(kind: str) -> str:
    return {"video": "a video", "external": "somewhere else", "scorm": "a package"}[kind]
