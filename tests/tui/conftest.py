"""What the tests of the screens stand on: a real service with a real database."""

from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from tests.tui.library import Library

from lms_tui.client.api import Api
from lms_tui.client.session import SignIn


@pytest.fixture
async def library(database_url: str, tmp_path: Path) -> AsyncIterator[Library]:
    """A library without a course, whose learner has been here before."""
    with psycopg.connect(database_url, autocommit=True) as db:
        made = Library(tmp_path, database_url, db)
        await made.open()
        api = Api(f"unix:{made.socket}")
        await SignIn(api, "library", None).owner()
        await api.aclose()
        made.person()
        yield made
        await made.close()
