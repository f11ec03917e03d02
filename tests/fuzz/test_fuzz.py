"""A short walk of `python -m tests.fuzz` in each suite, the same one each time; and what the long ones found."""

from pathlib import Path

import pytest

from tests.service.listening import served

from .fuzzing import ROLES, Fuzz


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning")  # of how schemathesis draws
def test_whatever_anybody_asks_the_service_answers_as_its_document_says(database_url: str, tmp_path: Path) -> None:
    with served(database_url, tmp_path) as (house, url):
        fuzz = Fuzz(house, url)
        for role in ROLES:
            found = fuzz.run(role, 150, seed=1)
            assert found.sent > 100, role
            assert not found.failures, "\n".join(found.failures.values())
