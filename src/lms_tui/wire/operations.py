"""The table of operations: everything that can be asked of the service, once."""

from typing import Any, Final

from lms_tui.wire import (
    accounts,
    audit,
    catalog,
    categories,
    course_acts,
    course_statistics,
    courses,
    enrolments,
    erasing,
    files,
    finding,
    fresh_start,
    group_members,
    groups,
    history,
    inviting_many,
    joining,
    learning,
    lint,
    mentor,
    mentor_check,
    mentor_results,
    mentor_threads,
    overview,
    own_data,
    people,
    people_acts,
    practice,
    preview,
    quizzes,
    school,
    sso,
    statistics,
    system,
)
from lms_tui.wire.operation import Operation, declared

ALL: Final[tuple[Operation[Any, Any], ...]] = tuple(
    operation
    for area in (
        system,
        overview,
        audit,
        accounts,
        joining,
        sso,
        own_data,
        erasing,
        people,
        people_acts,
        inviting_many,
        groups,
        group_members,
        school,
        categories,
        catalog,
        finding,
        learning,
        mentor,
        quizzes,
        history,
        fresh_start,
        practice,
        mentor_check,
        mentor_threads,
        courses,
        course_acts,
        enrolments,
        lint,
        files,
        preview,
        statistics,
        course_statistics,
        mentor_results,
    )
    for operation in declared(vars(area))
)

BY_NAME: Final[dict[str, Operation[Any, Any]]] = {operation.name: operation for operation in ALL}
