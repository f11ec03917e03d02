"""No operation without a line in the access table: whoever adds one says who may ask it, and on whose object."""

from pathlib import Path

from tests.service.access_page import page
from tests.service.access_table import OBJECTS, ROLES, STATUS, TABLE

from lms_tui.wire.operations import BY_NAME

PAGE = Path(__file__).parents[2] / "docs" / "access.md"


def test_every_operation_has_its_line_and_every_line_its_operation() -> None:
    named = [(line.operation, line.on) for line in TABLE]
    assert len(named) == len(set(named))
    missing = [name for name in BY_NAME if name not in {line.operation for line in TABLE}]
    assert not missing, (
        f"Nothing is written down of who may ask {', '.join(missing)}. Add a line for each sort of object that it"
        " names to TABLE in tests/service/access_table.py, as domain.md has it; then run"
        " tests/service/test_access_matrix.py, which asks the service, and make docs/access.md anew by"
        " `python -m tests.service.access_page > docs/access.md`."
    )
    gone = [name for name, _ in named if name not in BY_NAME]
    assert not gone, f"there is no operation {', '.join(gone)}"


def test_every_line_has_an_answer_for_each_object() -> None:
    for line in TABLE:
        for role in ROLES:
            answers = line.answers(role)
            assert len(answers) == len(OBJECTS[line.on]), f"{line.operation}, {line.on}: {role}"
            assert set(answers) <= STATUS.keys(), f"{line.operation}, {line.on}: {role}"


def test_the_page_for_readers_is_that_of_the_table() -> None:
    assert PAGE.read_text() == page(), "make it anew: python -m tests.service.access_page > docs/access.md"
