"""The catalog on the wire: pages of courses, counts by category, one course with its outline."""

import enum
from datetime import datetime
from uuid import UUID

from lms_tui.wire.operation import Access, Operation, Reply, Request


class Sort(enum.StrEnum):
    """Orders of the catalog; each is completed by the id, so that it is total and a page never repeats."""

    RELEVANCE = "relevance"
    """What fits a search best comes first (rules in `db/queries/search.py`); without a search: by title."""
    TITLE = "title"
    NEWEST = "newest"
    PRICE = "price"


class Price(enum.StrEnum):
    """Which courses by price."""

    ALL = "all"
    FREE = "free"
    PAID = "paid"


class State(enum.StrEnum):
    """Which courses by where the caller stands in them."""

    ALL = "all"
    NOT_TAKEN = "not_taken"
    """Not enrolled in."""
    TAKEN = "taken"
    """Enrolled in and not completed."""
    COMPLETED = "completed"


class PageSize(enum.IntEnum):
    """The few sizes there are: PostgreSQL plans a literal LIMIT better than a parameter."""

    SMALL = 20
    MEDIUM = 50
    LARGE = 100


class Card(Reply):
    """One course as a list shows it, with the caller's own progress."""

    id: UUID
    title: str
    description: str
    author: str
    author_id: UUID
    category_id: UUID
    category: str
    chapters: int
    lessons: int
    price_in_cents: int
    currency: str
    """Three letters, lower case, as stored; `usd` where the row has none."""
    enrolled: bool
    completed_lessons: int
    completed_at: datetime | None


class PageRequest(Request):
    """One page of the catalog. At most one of `after`, `before` and `last` is given; none is the first page."""

    search: str = ""
    """Words, all of which must begin some word of title, description or the author's name; without regard to case,
    accents and punctuation. Twelve at most; the rest is passed over."""
    category_id: UUID | None = None
    author_id: UUID | None = None
    sort: Sort = Sort.RELEVANCE
    price: Price = Price.ALL
    state: State = State.ALL
    after: str | None = None
    """The `next` of an earlier page: the courses that follow it."""
    before: str | None = None
    """The `previous` of an earlier page: the courses in front of it, in the same order as always."""
    last: bool = False
    """The last page, for the End key."""
    size: PageSize = PageSize.MEDIUM


class Page(Reply):
    """Courses in order, and where the neighbouring pages begin (None at an end)."""

    courses: list[Card]
    next: str | None
    previous: str | None
    corrected: str | None = None
    """The words by which these courses were found, where nothing has those that were asked for and these are spelled
    nearly alike: ask with them for the pages that follow, and for the counts."""


class CountsRequest(Request):
    """The same filters as the page; `category_id` narrows `matching` but not the counts of the categories."""

    search: str = ""
    category_id: UUID | None = None
    author_id: UUID | None = None
    price: Price = Price.ALL
    state: State = State.ALL


class CategoryCount(Reply):
    """A category and how many courses under the filters stand in it."""

    id: UUID
    name: str
    courses: int


class Counts(Reply):
    """How many courses there are by category, under all other filters. May be up to a minute old."""

    total: int
    """Under all filters but the category."""
    matching: int
    """Under all filters: the length of the list that the pages make."""
    categories: list[CategoryCount]


class CourseRequest(Request):
    """One course by its id."""

    course_id: UUID


class LessonLine(Reply):
    """A lesson as the outline shows it."""

    id: UUID
    title: str
    type: str
    """text, video, quiz, scorm or external, in that spelling; another program's type as stored."""
    started: bool
    completed: bool
    best_score: int | None
    """Percent of the best attempt that counts, for quizzes."""
    has_mentor: bool
    added_since_completion: bool
    """True where the course was completed before this lesson came."""


class ChapterOutline(Reply):
    """A chapter with its lessons in order."""

    id: UUID
    title: str
    description: str
    completed: bool
    lessons: list[LessonLine]


class Course(Reply):
    """A course with its outline and where the caller stands in it: all that the course screen needs."""

    id: UUID
    title: str
    description: str
    author: str
    category: str
    price_in_cents: int
    currency: str
    enrolled: bool
    enrolled_at: datetime | None
    completed_at: datetime | None
    may_read: bool
    """Whether lessons that are not quizzes open for the caller now (enrolled, or a free course)."""
    chapters: list[ChapterOutline]
    resume_lesson: UUID | None
    """Where `continue` leads: an open attempt's quiz, else the started lesson opened last, else the first not
    started (domain.md, progress, continue); None when all is complete."""
    resume_attempt: UUID | None


PAGE = Operation("catalog.page", "GET", "/v1/catalog", PageRequest, Page, Access.GUEST, "A page of the catalog")
COUNTS = Operation(
    "catalog.counts",
    "GET",
    "/v1/catalog/counts",
    CountsRequest,
    Counts,
    Access.GUEST,
    "How many courses there are, by category",
)
COURSE = Operation(
    "catalog.course",
    "GET",
    "/v1/courses/{course_id}",
    CourseRequest,
    Course,
    Access.GUEST,
    "A course with its outline and the caller's progress",
)
