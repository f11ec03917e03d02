"""Who gets what: every operation, for everybody, on objects that are theirs, another's, and nobody's.

This is written by hand from domain.md (People, roles; Courses; Quizzes) and knows nothing of the service: where
`test_access_matrix.py` finds the service to differ, the service is wrong. `docs/access.md` is made from it.

To add an operation, add a line for each sort of object that its request names. A line has a word for each object in
`OBJECTS[on]`, in that order, or one word for all: `ok`, `empty` (a success that lists nothing), or the code of a
refusal. What the request is otherwise is the operation's case in `test_statements.py`, or in `access_asking.ASKED`.
"""

import enum
from dataclasses import dataclass
from typing import Final


class On(enum.StrEnum):
    """What a request names, as seen by who calls."""

    NOTHING = "nothing in particular"
    COURSE = "a course, as a learner"
    LESSON = "a lesson, as a learner"
    QUIZ = "a quiz, as a learner"
    ATTEMPT = "an open attempt"
    RESULT = "a submitted attempt"
    OTHER_RESULT = "the attempt to compare with"
    NEW_ATTEMPT = "the id chosen for an attempt"
    NEW_ENROLMENT = "the id chosen for an enrolment"
    NEW_PROGRESS = "the id chosen for progress"
    QUESTION = "the question to answer"
    PRACTISED = "a question to practise"
    THREAD = "a thread with a mentor"
    NEW_THREAD = "the id chosen for a thread"
    THREAD_PLACE = "a place in the list of threads"
    MESSAGE = "a place in a thread"
    ASKED = "a question to the mentor that has an answer"
    NEW_QUESTION = "the id chosen for a question"
    NEW_CHECK = "the id chosen for a mentor's check"
    TAUGHT = "a course or its lesson, as its author"
    LEARNER = "somebody in one's own course"
    LEARNERS_THREAD = "a thread of somebody in one's own course"
    ACT = "the id chosen for an act"
    UPLOAD = "the course in an upload"
    PERSON = "a person, as an administrator"
    GROUP = "a group, as an administrator"
    CATEGORY = "a category, as an administrator"
    SHIPPED = "a course that ships"
    ACCOUNT = "the address to sign in with"
    PASSWORD = "one's present password"
    CONFIRMED = "one's password, to erase oneself"
    REFRESH = "a refresh token"
    INVITATION = "an invitation's code"
    RESET = "a reset's code"
    LINK = "the link of a file"
    SSO = "a sign-in by an issuer"


_AS_LEARNER: Final = (
    "enrolled", "free", "priced", "enrolled, withdrawn", "another's draft", "own draft", "none",
)  # fmt: skip
_OF_ONES_OWN: Final = ("own", "own, withdrawn", "own, of a course left", "another's", "none")

OBJECTS: Final[dict[On, tuple[str, ...]]] = {
    On.NOTHING: ("-",),
    On.COURSE: _AS_LEARNER,
    On.LESSON: _AS_LEARNER,
    On.QUIZ: _AS_LEARNER,
    On.ATTEMPT: _OF_ONES_OWN,
    On.RESULT: _OF_ONES_OWN,
    On.OTHER_RESULT: ("own", "own, of another quiz", "another's", "none"),
    On.NEW_ATTEMPT: ("new", "own, open", "own, submitted", "own, of another quiz", "another's"),
    On.NEW_ENROLMENT: ("new", "own, of another course", "another's"),
    On.NEW_PROGRESS: ("new", "own, of another lesson", "another's"),
    On.QUESTION: ("of the quiz", "of another quiz", "none"),
    On.PRACTISED: ("own, wrong", "another's, wrong", "none"),
    On.THREAD: _OF_ONES_OWN,
    On.NEW_CHECK: ("new", "own", "own, of another lesson", "another's"),
    On.NEW_THREAD: ("new", "own", "own, of another lesson", "another's"),
    On.THREAD_PLACE: ("own", "own, of another lesson", "another's", "none"),
    On.ASKED: _OF_ONES_OWN,
    On.NEW_QUESTION: ("new", "own", "own, of another lesson", "another's"),
    On.MESSAGE: ("own", "own, of another thread", "another's", "none"),
    On.TAUGHT: ("own", "another's", "none"),
    On.LEARNER: ("enrolled", "not enrolled", "none"),
    On.LEARNERS_THREAD: ("of a learner", "of one who left", "of another course", "none"),
    On.ACT: ("new", "own", "another's"),
    On.UPLOAD: ("new", "own", "another's"),
    On.PERSON: ("oneself", "another", "none"),
    On.GROUP: ("one", "none"),
    On.CATEGORY: ("one", "none"),
    On.SHIPPED: ("one that ships", "none"),
    On.ACCOUNT: ("own", "another's", "none"),
    On.PASSWORD: ("right", "wrong"),
    On.CONFIRMED: ("right, of an author of courses", "wrong"),
    On.REFRESH: ("own", "an access token", "none"),
    On.INVITATION: ("good", "a reset's", "none"),
    On.RESET: ("good", "an invitation's", "none"),
    On.LINK: ("good", "over", "none"),
    On.SSO: ("own", "another client's", "none"),
}

STATUS: Final = {
    "ok": 200,
    "empty": 200,
    "unauthenticated": 401,
    "sign_in_failed": 401,
    "forbidden": 403,
    "enrol_first": 403,
    "course_unavailable": 403,
    "not_found": 404,
    "not_free": 409,
    "id_taken": 409,
    "no_mail": 409,
    "no_mentor": 409,
    "not_oneself": 409,
    "attempt_closed": 409,
    "bad_request": 400,
    "code_refused": 422,
    "password_refused": 422,
    "person_refused": 422,
    "sso_refused": 403,
    "course_refused": 422,
}

ROLES: Final = (
    "guest", "guest, let in", "student", "other student", "author", "other author", "admin", "archived", "unknown role",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One operation on one sort of object: what comes back to whom."""

    operation: str
    on: On
    students: str
    """Of STUDENT and of a role that nobody knows."""
    authors: str
    """Of CONTENT_CREATOR."""
    admins: str
    guests: str = "unauthenticated"
    """Without a session."""
    let_in: str = ""
    """Without a session, where the settings let guests in; as `guests` unless given."""
    archived: str = "unauthenticated"
    """With the session of a person who is archived."""

    def answers(self, role: str) -> tuple[str, ...]:
        """Return the words for `role`, one for each object."""
        said = {
            "guest": self.guests,
            "guest, let in": self.let_in or self.guests,
            "student": self.students,
            "other student": self.students,
            "author": self.authors,
            "other author": self.authors,
            "admin": self.admins,
            "archived": self.archived,
            "unknown role": self.students,
        }[role].split()
        return tuple(said * len(OBJECTS[self.on]) if len(said) == 1 else said)


def _open(operation: str, on: On, answers: str, archived: str = "") -> Line:
    """For everybody, with and without a session."""
    return Line(operation, on, answers, answers, answers, answers, archived=archived or answers)


def _person(operation: str, on: On, answers: str) -> Line:
    """For everybody with a session, whatever the role."""
    return Line(operation, on, answers, answers, answers)


def _reader(operation: str, on: On, answers: str, guests: str) -> Line:
    """For everybody with a session, and for guests where they are let in."""
    return Line(operation, on, answers, answers, answers, let_in=guests)


def _author(operation: str, on: On, authors: str, admins: str, students: str = "not_found") -> Line:
    """For those who teach."""
    return Line(operation, on, students, authors, admins)


def _admin(operation: str, on: On, admins: str) -> Line:
    """For administrators alone."""
    return Line(operation, on, "forbidden", "forbidden", admins)


_SEEN = "ok ok ok course_unavailable not_found not_found not_found"
_READ = "ok ok enrol_first course_unavailable not_found not_found not_found"
_SEEN_BY_GUESTS = "ok ok ok not_found not_found not_found not_found"
_READ_BY_GUESTS = "ok ok enrol_first not_found not_found not_found not_found"
_DONE = "ok enrol_first enrol_first course_unavailable not_found not_found not_found"
_OWN = "ok course_unavailable enrol_first not_found not_found"
_MINE, _ALL = "ok not_found not_found", "ok ok not_found"
_ONCE = "ok id_taken not_found"
_TOLD = "ok not_found not_found not_found"

TABLE: Final = (
    _open("system.health", On.NOTHING, "ok"),
    _admin("system.overview", On.NOTHING, "ok"),
    # Getting in
    _open("accounts.sign_in", On.ACCOUNT, "ok sign_in_failed sign_in_failed", archived="sign_in_failed"),
    _open("accounts.owner", On.NOTHING, "not_found"),
    _open("accounts.refresh", On.REFRESH, "ok unauthenticated unauthenticated", archived="unauthenticated"),
    _open("accounts.invitation", On.INVITATION, "ok code_refused code_refused"),
    _open("accounts.accept", On.INVITATION, "ok code_refused code_refused"),
    _open("accounts.reset", On.RESET, "ok code_refused code_refused"),
    _open("accounts.ask_reset", On.ACCOUNT, "ok"),
    _open("sso.issuers", On.NOTHING, "ok"),
    _open("sso.begin", On.NOTHING, "ok"),
    _open("sso.poll", On.SSO, "ok not_found not_found", archived="sso_refused not_found not_found"),
    # Oneself
    _person("accounts.me", On.NOTHING, "ok"),
    _person("accounts.password", On.PASSWORD, "ok password_refused"),
    _person("accounts.profile", On.NOTHING, "ok"),
    _person("sso.ways", On.NOTHING, "ok"),
    _person("accounts.sign_out_everywhere", On.NOTHING, "ok"),
    _person("accounts.export", On.NOTHING, "ok"),
    _person("accounts.erasure", On.NOTHING, "ok"),
    _person("accounts.erase", On.CONFIRMED, "person_refused password_refused"),
    # The audit
    _admin("audit.list", On.NOTHING, "ok"),
    # People
    _admin("people.list", On.NOTHING, "ok"),
    _admin("people.counts", On.NOTHING, "ok"),
    _admin("people.person", On.PERSON, "ok ok not_found"),
    _admin("people.invite", On.NOTHING, "ok"),
    _admin("people.invite", On.ACT, "ok id_taken not_found"),
    _admin("people.invite_many", On.NOTHING, "ok"),
    _admin("people.invite_many", On.ACT, "ok id_taken not_found"),
    _admin("people.role", On.PERSON, "not_oneself ok not_found"),
    _admin("people.role", On.ACT, "ok id_taken not_found"),
    _admin("people.archive", On.PERSON, "not_oneself ok not_found"),
    _admin("people.archive", On.ACT, "ok id_taken not_found"),
    _admin("people.restore", On.PERSON, "ok ok not_found"),
    _admin("people.restore", On.ACT, "ok id_taken not_found"),
    _admin("people.groups", On.PERSON, "ok ok not_found"),
    _admin("people.groups", On.ACT, "ok id_taken not_found"),
    _admin("people.erasure", On.PERSON, "ok ok not_found"),
    _admin("people.erase", On.PERSON, "not_oneself person_refused not_found"),
    _admin("people.erase", On.ACT, "ok id_taken not_found"),
    _admin("people.reset", On.PERSON, "ok ok not_found"),
    _admin("people.reset", On.ACT, "ok id_taken not_found"),
    # Groups
    _admin("groups.list", On.NOTHING, "ok"),
    _admin("groups.group", On.GROUP, "ok not_found"),
    _admin("groups.create", On.NOTHING, "ok"),
    _admin("groups.create", On.ACT, _ONCE),
    _admin("groups.edit", On.GROUP, "ok not_found"),
    _admin("groups.edit", On.ACT, _ONCE),
    _admin("groups.archive", On.GROUP, "ok not_found"),
    _admin("groups.archive", On.ACT, _ONCE),
    _admin("groups.restore", On.GROUP, "ok not_found"),
    _admin("groups.restore", On.ACT, _ONCE),
    _admin("groups.members", On.GROUP, "ok not_found"),
    _admin("groups.members", On.ACT, _ONCE),
    _admin("groups.enrol", On.GROUP, "ok not_found"),
    _admin("groups.enrol", On.ACT, _ONCE),
    # Categories
    _admin("categories.list", On.NOTHING, "ok"),
    _admin("categories.create", On.NOTHING, "ok"),
    _admin("categories.create", On.ACT, _ONCE),
    _admin("categories.edit", On.CATEGORY, "ok not_found"),
    _admin("categories.edit", On.ACT, _ONCE),
    _admin("categories.place", On.CATEGORY, "ok not_found"),
    _admin("categories.place", On.ACT, _ONCE),
    _admin("categories.archive", On.CATEGORY, "ok not_found"),
    _admin("categories.archive", On.ACT, _ONCE),
    _admin("categories.restore", On.CATEGORY, "ok not_found"),
    _admin("categories.restore", On.ACT, _ONCE),
    _admin("categories.delete", On.CATEGORY, "ok not_found"),
    _admin("categories.delete", On.ACT, _ONCE),
    # Settings
    _admin("settings.show", On.NOTHING, "ok"),
    _admin("settings.set", On.NOTHING, "ok"),
    _admin("settings.set", On.ACT, _ONCE),
    _admin("settings.logo", On.NOTHING, "ok"),
    _admin("settings.logo", On.ACT, _ONCE),
    # Courses
    _reader("catalog.page", On.NOTHING, "ok", "ok"),
    _reader("catalog.counts", On.NOTHING, "ok", "ok"),
    _reader("catalog.course", On.COURSE, _SEEN, _SEEN_BY_GUESTS),
    _reader("catalog.find", On.COURSE, "ok ok ok ok empty empty empty", "ok ok ok empty empty empty empty"),
    _reader("files.thumbnail", On.COURSE, _SEEN, _SEEN_BY_GUESTS),
    _person("learning.home", On.NOTHING, "ok"),
    _person("learning.enrol", On.COURSE, "ok ok not_free course_unavailable not_found not_found not_found"),
    _person("learning.enrol", On.NEW_ENROLMENT, "ok id_taken not_found"),
    _person("learning.leave", On.COURSE, "ok ok ok ok not_found not_found not_found"),
    _person("statistics.study", On.COURSE, _DONE),
    _person("statistics.mine", On.NOTHING, "ok"),
    # Lessons
    _reader("learning.lesson", On.LESSON, _READ, _READ_BY_GUESTS),
    _reader("files.lesson", On.LESSON, _READ, _READ_BY_GUESTS),
    _open("files.read", On.LINK, "ok not_found not_found"),
    _person("learning.position", On.LESSON, _DONE),
    _person("learning.start", On.LESSON, _DONE),
    _person("learning.start", On.NEW_PROGRESS, "ok id_taken not_found"),
    _person("learning.complete", On.LESSON, _DONE),
    _person("learning.complete", On.NEW_PROGRESS, "ok id_taken not_found"),
    # Quizzes
    _person("quizzes.quiz", On.QUIZ, _DONE),
    _person("quizzes.history", On.QUIZ, _DONE),
    _person("quizzes.start", On.QUIZ, _DONE),
    _person("quizzes.start", On.NEW_ATTEMPT, "ok ok attempt_closed id_taken not_found"),
    _person("quizzes.attempt", On.ATTEMPT, _OWN),
    _person("quizzes.answer", On.ATTEMPT, _OWN),
    _person("quizzes.answer", On.QUESTION, "ok not_found not_found"),
    _person("quizzes.submit", On.ATTEMPT, _OWN),
    _person("quizzes.result", On.RESULT, _OWN),
    _person("quizzes.compare", On.RESULT, _OWN),
    _person("quizzes.compare", On.OTHER_RESULT, "ok bad_request not_found not_found"),
    _person("practice.wrong", On.NOTHING, "ok"),
    _person("practice.questions", On.PRACTISED, "ok empty empty"),
    _person("practice.check", On.PRACTISED, "ok not_found not_found"),
    # The mentor: what was said is one's own, whatever became of the course; asking is for its learners
    _person("mentor.ask", On.LESSON, _DONE),
    _person("mentor.ask", On.NEW_QUESTION, "ok id_taken id_taken not_found"),
    _person("mentor.ask", On.NEW_THREAD, "ok ok id_taken not_found"),
    _person("mentor.answer", On.ASKED, "ok course_unavailable enrol_first not_found not_found"),
    _person("mentor.open", On.LESSON, _DONE),
    _person("mentor.threads", On.LESSON, "ok enrol_first enrol_first ok not_found not_found not_found"),
    _person("mentor.threads", On.THREAD_PLACE, "ok not_found not_found not_found"),
    _person("mentor.thread", On.THREAD, "ok ok ok not_found not_found"),
    _person("mentor.thread", On.MESSAGE, "ok not_found not_found not_found"),
    _person("mentor.rename", On.THREAD, "ok ok ok not_found not_found"),
    _person("mentor.start_over", On.LESSON, _DONE),
    _person("mentor.start_over", On.NEW_THREAD, "ok ok id_taken not_found"),
    _person("mentor.result", On.LESSON, _DONE),
    _person("mentor.check", On.LESSON, _DONE),
    _person("mentor.check", On.NEW_CHECK, "no_mentor ok id_taken not_found"),
    # Teaching: another's course is to an author as one that is not there; an admin has all
    _author("courses.import", On.UPLOAD, "ok ok course_refused", "ok ok course_refused", students="forbidden"),
    _author("courses.builtin", On.SHIPPED, "ok not_found", "ok not_found", students="forbidden"),
    _author("courses.list", On.NOTHING, "ok", "ok", students="forbidden"),
    _author("courses.lint", On.TAUGHT, _MINE, _ALL),
    _author("courses.facts", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("courses.publish", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("courses.publish", On.ACT, _ONCE, _ONCE, students="forbidden"),
    _author("courses.draft", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("courses.draft", On.ACT, _ONCE, _ONCE, students="forbidden"),
    _author("courses.archive", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("courses.archive", On.ACT, _ONCE, _ONCE, students="forbidden"),
    _author("courses.restore", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("courses.restore", On.ACT, _ONCE, _ONCE, students="forbidden"),
    _author("courses.price", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("courses.price", On.ACT, _ONCE, _ONCE, students="forbidden"),
    _author("courses.move", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("courses.move", On.ACT, _ONCE, _ONCE, students="forbidden"),
    _admin("courses.hand_over", On.TAUGHT, _ALL),
    _admin("courses.hand_over", On.ACT, _ONCE),
    _author("enrolments.give", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("enrolments.give", On.ACT, _ONCE, _ONCE, students="forbidden"),
    _author("enrolments.look", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("enrolments.look", On.LEARNER, _MINE, _MINE, students="forbidden"),
    _author("enrolments.remove", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("enrolments.remove", On.LEARNER, _MINE, _MINE, students="forbidden"),
    _author("enrolments.remove", On.ACT, _ONCE, _ONCE, students="forbidden"),
    _author("preview.course", On.TAUGHT, _MINE, _ALL),
    _author("preview.lesson", On.TAUGHT, _MINE, _ALL),
    _author("preview.files", On.TAUGHT, _MINE, _ALL),
    _author("preview.quiz", On.TAUGHT, _MINE, _ALL),
    _author("preview.attempt", On.TAUGHT, _MINE, _ALL),
    _author("preview.grade", On.TAUGHT, _MINE, _ALL),
    _author("preview.answers", On.TAUGHT, _MINE, _ALL),
    _author("preview.mentor", On.TAUGHT, _MINE, _ALL),
    _author("preview.try_mentor", On.TAUGHT, "no_mentor not_found not_found", "no_mentor no_mentor not_found"),
    _author("learning.fresh_start_look", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("learning.fresh_start_look", On.LEARNER, _MINE, _MINE, students="forbidden"),
    _author("learning.fresh_start", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("learning.fresh_start", On.LEARNER, _MINE, _MINE, students="forbidden"),
    _author("learning.fresh_start", On.ACT, "ok id_taken not_found", "ok id_taken not_found", students="forbidden"),
    _author("statistics.courses", On.NOTHING, "ok", "ok", students="forbidden"),
    _author("statistics.course", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("statistics.questions", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("statistics.learners", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("statistics.learner", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("statistics.learner", On.LEARNER, _MINE, _MINE, students="forbidden"),
    _author("mentor.course", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("mentor.learners", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("mentor.learner", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("mentor.learner", On.LEARNER, _MINE, _MINE, students="forbidden"),
    _author("mentor.transcript", On.TAUGHT, _MINE, _ALL, students="forbidden"),
    _author("mentor.transcript", On.LEARNERS_THREAD, _TOLD, _TOLD, students="forbidden"),
    _author("statistics.refresh", On.NOTHING, "forbidden", "ok", students="forbidden"),
)
