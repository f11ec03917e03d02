"""One learner with the mentors of a course, put together from the pages that the service gives."""

from collections.abc import Sequence

import msgspec

from lms_tui.wire.mentor_results import LearnerMentorLesson


def joined(
    lessons: Sequence[LearnerMentorLesson], following: Sequence[LearnerMentorLesson]
) -> list[LearnerMentorLesson]:
    """Return `lessons` with those of the page that follows, where the last of them may go on; nothing twice."""
    found = {lesson.id: lesson for lesson in lessons}
    for lesson in following:
        if (known := found.get(lesson.id)) is None:
            found[lesson.id] = lesson
            continue
        there = {line.thread.id for line in known.threads}
        more = [line for line in lesson.threads if line.thread.id not in there]
        found[lesson.id] = msgspec.structs.replace(known, threads=[*known.threads, *more])
    return list(found.values())
