"""Which function answers which operation. Adding one is a declaration in `wire`, a function, and a line here."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

from lms_tui.service import (
    accounts,
    attempts,
    audit_list,
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
    mentor_answers,
    mentor_check,
    mentor_checked,
    mentor_results,
    mentor_threads,
    mentor_try,
    my_statistics,
    overview,
    own_data,
    people_acts,
    people_list,
    positions,
    practice,
    preview,
    quizzes,
    school,
    sso,
    study_time,
    system,
)
from lms_tui.service.context import Context
from lms_tui.service.streaming import Stream
from lms_tui.wire import accounts as accounts_wire
from lms_tui.wire import audit as audit_wire
from lms_tui.wire import catalog as catalog_wire
from lms_tui.wire import categories as categories_wire
from lms_tui.wire import course_acts as course_acts_wire
from lms_tui.wire import course_statistics as course_statistics_wire
from lms_tui.wire import courses as courses_wire
from lms_tui.wire import enrolments as enrolments_wire
from lms_tui.wire import erasing as erasing_wire
from lms_tui.wire import files as files_wire
from lms_tui.wire import finding as finding_wire
from lms_tui.wire import fresh_start as fresh_start_wire
from lms_tui.wire import group_members as group_members_wire
from lms_tui.wire import groups as groups_wire
from lms_tui.wire import history as history_wire
from lms_tui.wire import inviting_many as inviting_many_wire
from lms_tui.wire import joining as joining_wire
from lms_tui.wire import learning as learning_wire
from lms_tui.wire import lint as lint_wire
from lms_tui.wire import mentor as mentor_wire
from lms_tui.wire import mentor_check as mentor_check_wire
from lms_tui.wire import mentor_results as mentor_results_wire
from lms_tui.wire import mentor_threads as mentor_threads_wire
from lms_tui.wire import overview as overview_wire
from lms_tui.wire import own_data as own_data_wire
from lms_tui.wire import people as people_wire
from lms_tui.wire import people_acts as people_acts_wire
from lms_tui.wire import practice as practice_wire
from lms_tui.wire import preview as preview_wire
from lms_tui.wire import preview_mentor as preview_mentor_wire
from lms_tui.wire import quizzes as quizzes_wire
from lms_tui.wire import school as school_wire
from lms_tui.wire import sso as sso_wire
from lms_tui.wire import statistics as statistics_wire
from lms_tui.wire import system as system_wire
from lms_tui.wire.operation import Operation, Reply, Request

Ask = TypeVar("Ask", bound=Request)
Answered = TypeVar("Answered", bound=Reply)
UseCase = Callable[[Context, Any], Awaitable[Reply]]
StreamCase = Callable[[Context, Any, Mapping[str, str]], Awaitable[Stream]]
EventCase = Callable[[Context, Any], Awaitable[AsyncGenerator[Reply, None]]]


def _case(
    operation: Operation[Ask, Answered], function: Callable[[Context, Ask], Awaitable[Answered]]
) -> tuple[str, UseCase]:
    """Pair an operation with its function; the type checker holds their requests and replies together."""
    return operation.name, function


USE_CASES: Final[dict[str, UseCase]] = dict(
    (
        _case(system_wire.HEALTH, system.health),
        _case(overview_wire.OVERVIEW, overview.overview),
        _case(audit_wire.LIST, audit_list.page),
        _case(accounts_wire.SIGN_IN, accounts.sign_in),
        _case(accounts_wire.OWNER, accounts.owner),
        _case(accounts_wire.REFRESH, accounts.refresh),
        _case(accounts_wire.ME, accounts.me),
        _case(joining_wire.LOOK, joining.look),
        _case(joining_wire.ACCEPT, joining.accept),
        _case(joining_wire.RESET, joining.reset),
        _case(joining_wire.ASK_RESET, joining.ask_reset),
        _case(joining_wire.PASSWORD, joining.password),
        _case(joining_wire.PROFILE, joining.profile),
        _case(joining_wire.EVERYWHERE, joining.sign_out_everywhere),
        _case(sso_wire.ISSUERS, sso.issuers),
        _case(sso_wire.BEGIN, sso.begin),
        _case(sso_wire.POLL, sso.poll),
        _case(sso_wire.WAYS, sso.ways),
        _case(own_data_wire.EXPORT, own_data.export),
        _case(erasing_wire.OWN_LOOK, erasing.own_look),
        _case(erasing_wire.ERASE, erasing.erase),
        _case(erasing_wire.LOOK, erasing.look),
        _case(erasing_wire.ERASE_PERSON, erasing.erase_person),
        _case(people_wire.LIST, people_list.page),
        _case(people_wire.COUNTS, people_list.counts),
        _case(people_wire.PERSON, people_list.person),
        _case(people_acts_wire.INVITE, people_acts.invite),
        _case(inviting_many_wire.INVITE_MANY, inviting_many.invite_many),
        _case(people_acts_wire.ROLE, people_acts.role),
        _case(people_acts_wire.ARCHIVE, people_acts.archive),
        _case(people_acts_wire.RESTORE, people_acts.restore),
        _case(people_acts_wire.GROUPS, people_acts.groups),
        _case(people_acts_wire.RESET, people_acts.reset),
        _case(groups_wire.LIST, groups.page),
        _case(groups_wire.GROUP, groups.group),
        _case(groups_wire.CREATE, groups.create),
        _case(groups_wire.EDIT, groups.edit),
        _case(groups_wire.ARCHIVE, groups.archive),
        _case(groups_wire.RESTORE, groups.restore),
        _case(group_members_wire.MEMBERS, group_members.members),
        _case(group_members_wire.ENROL, group_members.enrol),
        _case(school_wire.SHOW, school.show),
        _case(school_wire.SET, school.change),
        _case(school_wire.LOGO, school.logo),
        _case(categories_wire.LIST, categories.listed),
        _case(categories_wire.CREATE, categories.create),
        _case(categories_wire.EDIT, categories.edit),
        _case(categories_wire.PLACE, categories.place),
        _case(categories_wire.ARCHIVE, categories.archive),
        _case(categories_wire.RESTORE, categories.restore),
        _case(categories_wire.DELETE, categories.delete),
        _case(catalog_wire.PAGE, catalog.page),
        _case(catalog_wire.COUNTS, catalog.counts),
        _case(catalog_wire.COURSE, catalog.course),
        _case(finding_wire.FIND, finding.find),
        _case(learning_wire.HOME, learning.home),
        _case(learning_wire.ENROL, learning.enrol),
        _case(learning_wire.LEAVE, learning.leave),
        _case(learning_wire.LESSON, learning.lesson),
        _case(learning_wire.START, learning.start),
        _case(learning_wire.COMPLETE, learning.complete),
        _case(learning_wire.POSITION, positions.position),
        _case(mentor_wire.ASK, mentor.ask),
        _case(mentor_check_wire.RESULT, mentor_checked.result),
        _case(quizzes_wire.QUIZ, quizzes.quiz),
        _case(quizzes_wire.START, attempts.start),
        _case(quizzes_wire.ATTEMPT, attempts.attempt),
        _case(quizzes_wire.ANSWER, attempts.answer),
        _case(quizzes_wire.SUBMIT, attempts.submit),
        _case(quizzes_wire.RESULT, quizzes.result),
        _case(history_wire.HISTORY, history.history),
        _case(history_wire.COMPARE, history.compare),
        _case(fresh_start_wire.LOOK, fresh_start.look),
        _case(fresh_start_wire.GIVE, fresh_start.give),
        _case(practice_wire.WRONG, practice.wrong),
        _case(practice_wire.QUESTIONS, practice.questions),
        _case(practice_wire.CHECK, practice.check),
        _case(mentor_threads_wire.OPEN, mentor_threads.open_mentor),
        _case(mentor_threads_wire.THREADS, mentor_threads.threads),
        _case(mentor_threads_wire.THREAD, mentor_threads.thread),
        _case(mentor_threads_wire.RENAME, mentor_threads.rename),
        _case(mentor_threads_wire.START_OVER, mentor_threads.start_over),
        _case(courses_wire.IMPORT, courses.import_upload),
        _case(courses_wire.BUILTIN, courses.import_builtin),
        _case(courses_wire.LIST, courses.managed),
        _case(course_acts_wire.FACTS, course_acts.facts),
        _case(course_acts_wire.PUBLISH, course_acts.publish),
        _case(course_acts_wire.DRAFT, course_acts.draft),
        _case(course_acts_wire.ARCHIVE, course_acts.archive),
        _case(course_acts_wire.RESTORE, course_acts.restore),
        _case(course_acts_wire.PRICE, course_acts.price),
        _case(course_acts_wire.MOVE, course_acts.move),
        _case(course_acts_wire.HAND_OVER, course_acts.hand_over),
        _case(enrolments_wire.GIVE, enrolments.give),
        _case(enrolments_wire.LOOK, enrolments.look),
        _case(enrolments_wire.REMOVE, enrolments.remove),
        _case(lint_wire.LINT, lint.lint),
        _case(files_wire.LESSON, files.lesson),
        _case(preview_wire.FILES, files.preview),
        _case(files_wire.THUMBNAIL, files.thumbnail),
        _case(preview_wire.COURSE, preview.course),
        _case(preview_wire.LESSON, preview.lesson),
        _case(preview_wire.QUIZ, preview.quiz),
        _case(preview_wire.ATTEMPT, preview.attempt),
        _case(preview_wire.GRADE, preview.grade),
        _case(preview_wire.ANSWERS, preview.answers),
        _case(preview_mentor_wire.MENTOR, mentor_try.open_mentor),
        _case(statistics_wire.STUDY, study_time.study),
        _case(statistics_wire.MINE, my_statistics.mine),
        _case(statistics_wire.COURSES, course_statistics.courses),
        _case(course_statistics_wire.COURSE, course_statistics.course),
        _case(course_statistics_wire.QUESTIONS, course_statistics.questions),
        _case(course_statistics_wire.LEARNERS, course_statistics.learners),
        _case(course_statistics_wire.LEARNER, course_statistics.learner),
        _case(mentor_results_wire.COURSE, mentor_results.course),
        _case(mentor_results_wire.TALKERS, mentor_results.learners),
        _case(mentor_results_wire.LEARNER, mentor_results.learner),
        _case(mentor_results_wire.TRANSCRIPT, mentor_results.transcript),
        _case(statistics_wire.REFRESH, course_statistics.refresh),
    )
)

STREAMS: Final[dict[str, StreamCase]] = {files_wire.READ.name: files.read}
"""Those that answer with bytes; they are given the request's headers too."""

EVENTS: Final[dict[str, EventCase]] = {
    mentor_wire.ANSWER.name: mentor_answers.answer,
    mentor_check_wire.CHECK.name: mentor_check.check,
    preview_mentor_wire.TRY.name: mentor_try.answer,
}
"""Those that answer with events; what is refused is refused before the first of them."""
