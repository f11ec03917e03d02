"""A provider for the tests of the mentor."""

from collections.abc import Iterator

import pytest

from tests.mentor.stub import Stub


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A stub that answers well until it is given other `replies`."""
    with Stub() as running:
        yield running
