"""Requests that schemathesis makes from the service's own document, sent to a real service as somebody in particular.

Each is right by the document, or wrong in some place. What it names is made what there is, half of the time: an id that
nobody has leads no further than "There is no such course". What comes back must be no fault of the service, and of the
type and form that the document says.
"""

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import hypothesis
import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import AcceptedNegativeData, FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

from lms_tui.service import openapi
from tests.service.access_cast import WHO, Cast, cast
from tests.service.conftest import House

ROLES: Final = ("guest", "student", "author", "admin", "archived")

CHECKS: Final = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]

TABLES: Final = {
    "course_id": "courses",
    "lesson_id": "lessons",
    "chapter_id": "chapters",
    "attempt_id": "quiz_attempts",
    "other_id": "quiz_attempts",
    "question_id": "questions",
    "questions": "questions",
    "option_id": "question_answer_options",
    "options": "question_answer_options",
    "person_id": "users",
    "user_id": "users",
    "learner_id": "users",
    "author_id": "users",
    "who": "users",
    "learner": "users",
    "category": "categories",
    "category_id": "categories",
    "group": "groups",
    "group_id": "groups",
    "groups": "groups",
}
"""Where the ids are that a field of this name may hold."""

_KNOWN_AS: Final = {"after": "next", "before": "previous"}
"""What a reply calls what a request then names otherwise."""
_MOST_SEEN: Final = 100
_RESTORED: Final = 25
"""After how many requests whoever asks is made again what they were."""


@schemathesis.serializer("application/x-tar")
def _tar(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


@cache
def _operations() -> list[Any]:
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(openapi.document())))
    return [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]


@dataclass
class Found:
    """What came back: how many of each status, and what should not have been."""

    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)
    """The first of each kind, by operation and kind."""


class Fuzz:
    """A service at `url` with a database behind it, and what is known of it so far."""

    def __init__(self, house: House, url: str) -> None:
        """Fill the database; guests are let in."""
        self._house, self._url, self._role = house, url, "guest"
        house.db.execute("INSERT INTO settings (unregistered_user_courses_accessibility) VALUES (true)")
        self._cast: Cast = cast(house)
        self._seen: dict[str, list[Any]] = {}
        self._look_around()
        self._http = requests.Session()
        self.found = Found()

    def run(self, role: str, count: int, seed: int) -> Found:
        """Send `count` requests as `role`, as many to each operation, a third of them wrong; the same for one seed."""
        self._role, self.found = role, Found()
        for place, operation in enumerate(_operations()):
            share = count * (place + 1) // len(_operations()) - count * place // len(_operations())
            wrong = share // 3
            for mode, number in ((GenerationMode.POSITIVE, share - wrong), (GenerationMode.NEGATIVE, wrong)):
                self._send_all(operation, mode, number, seed + place)
        return self.found

    def _send_all(self, operation: Any, mode: GenerationMode, number: int, seed: int) -> None:
        """Send `number` requests to one operation: those that hypothesis finds, and others where these are few."""
        if not number:
            return
        sent = 0

        @hypothesis.settings(
            max_examples=number,
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(operation.as_strategy(generation_mode=mode), st.integers(0, 2**32))
        def one(case: Case[Any], dice: int) -> None:
            nonlocal sent
            if sent < number:
                sent += 1
                self._send(case, random.Random(dice))  # noqa: S311 - nothing secret

        for again in range(3):
            try:
                hypothesis.seed(seed + 1_000_000 * again)(one)()
            except hypothesis.errors.Unsatisfiable:  # there is nothing in it that could be wrong
                return
            if sent >= number:
                return

    def _send(self, case: Case[Any], dice: random.Random) -> None:
        """Send one request and look at the reply."""
        if self.found.sent % _RESTORED == 0:
            self._restore()
        self._salt(case, dice)
        response = case.call(base_url=self._url, session=self._http, headers=self._headers(), timeout=60)
        self.found.sent += 1
        self.found.statuses[response.status_code] += 1
        try:
            case.validate_response(response, CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                if isinstance(failure, AcceptedNegativeData) and _is_lost(case, response):
                    continue
                key = f"{case.operation.label} as {self._role}: {type(failure).__name__}"
                self.found.failures.setdefault(key, str(group))
        if response.status_code == 200 and "json" in response.headers.get("content-type", [""])[0]:
            self._remember(response.json())

    def _headers(self) -> dict[str, str]:
        if self._role == "guest":
            return {}
        token = self._house.service.shared.tokens.sign("access", self._cast.people[self._role].id, datetime.now(UTC))
        return {"authorization": f"Bearer {token}"}

    def _restore(self) -> None:
        """Make whoever asks what they were, enrolled as they were; the doors do not count."""
        one, db = self._cast.person(self._role), self._house.db
        if self._role != "guest":
            db.execute(
                "UPDATE users SET role = %s, archived = %s WHERE id = %s",
                (WHO[self._role], self._role == "archived", one.id),
            )
        db.execute("UPDATE credentials SET updated_at = now() - interval '1 hour' WHERE user_id = %s", (one.id,))
        db.execute("DELETE FROM lms_tui.throttle")
        db.execute(
            "INSERT INTO student_courses (id, user_id, course_id) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (one.enrolment, one.id, self._cast.courses["enrolled"].id),
        )

    def _look_around(self) -> None:
        for name, table in TABLES.items():
            rows = self._house.db.execute(f"SELECT id FROM {table} ORDER BY id LIMIT {_MOST_SEEN}".encode()).fetchall()
            self._seen[name] = [str(row[0]) for row in rows]

    def _remember(self, value: Any, name: str = "") -> None:
        """Keep what a reply holds, by its name, to ask for it later."""
        if isinstance(value, dict):
            for key, inner in value.items():
                self._remember(inner, key)
        elif isinstance(value, list):
            for inner in value[:5]:
                self._remember(inner, name)
        elif isinstance(value, str | int) and not isinstance(value, bool):
            kept = self._seen.setdefault(name, [])
            if value not in kept and name not in TABLES:
                kept.append(value)
                del kept[:-_MOST_SEEN]

    def _salt(self, case: Case[Any], dice: random.Random) -> None:
        """Put what there is in place of what was made up, where a thing of that kind stands."""
        likely = 0.0 if case.meta is not None and case.meta.generation.mode is GenerationMode.NEGATIVE else 0.3
        for part in ("path_parameters", "query", "body"):
            given = getattr(case, part)
            if given and isinstance(given, dict):
                setattr(case, part, {name: self._known(name, value, dice, likely) for name, value in given.items()})

    def _known(self, name: str, value: Any, dice: random.Random, likely: float) -> Any:
        """Return something known in place of `value`: of an id nearly always, of anything else so likely."""
        if isinstance(value, dict):
            return {inner: self._known(inner, one, dice, likely) for inner, one in value.items()}
        if isinstance(value, list):
            return [self._known(name, one, dice, likely) for one in value]
        known = [one for one in self._seen.get(_KNOWN_AS.get(name, name), ()) if type(one) is type(value)]
        return dice.choice(known) if known and dice.random() < (0.9 if _is_id(value) else likely) else value


def _is_lost(case: Case[Any], response: Any) -> bool:
    """Whether what was wrong did not go out: an empty list in a query is nothing, and a token goes always."""
    if case.meta is None or any(map(case.meta.is_negative_at, (ParameterLocation.BODY, ParameterLocation.PATH))):
        return False
    declared = {parameter.name for parameter in case.operation.query}
    return {name for name, _ in parse_qsl(urlsplit(response.request.url).query, keep_blank_values=True)} <= declared


def _is_id(value: Any) -> bool:
    try:
        UUID(value)
    except (ValueError, AttributeError, TypeError):
        return False
    return True
