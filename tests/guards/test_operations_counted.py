"""No operation without a number of statements: whoever adds one says what it costs."""

from tests.service.test_statements import CASES

from lms_tui.wire.operations import BY_NAME


def test_every_operation_has_its_number_of_statements() -> None:
    listed = [case.name for case in CASES]
    assert len(listed) == len(set(listed))
    missing = [name for name in BY_NAME if name not in {case.operation.name for case in CASES}]
    assert not missing, (
        f"No number of statements is written down for {', '.join(missing)}. Add a line for each to CASES in"
        " tests/service/test_statements.py: Case(area.NAME, statements, lambda world: area.NameRequest(...)). Guess the"
        " number and run that file: what fails lists what was sent, and you judge whether it is as few as can be."
    )
