"""Where the real files of the world lie; tests that need them say so and are skipped where they are absent."""

from collections.abc import Callable
from pathlib import Path

import pytest

CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases"


@pytest.fixture
def case() -> Callable[[str], Path]:
    """Return the path of one real file, or skip the test by its name."""

    def find(name: str) -> Path:
        if not (CASES / name).exists():
            pytest.skip(f"no {CASES / name} on this machine")
        return CASES / name

    return find
