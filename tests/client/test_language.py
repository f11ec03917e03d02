"""Which language the terminal speaks."""

import pytest

from lms_tui.client.language import local_language


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "de_DE.UTF-8"}, "de-DE"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "pt_BR"}, "pt-BR"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "", "LC_ALL": "sr_RS@latin"}, "sr-RS"),
        ({"LANG": "eo"}, "eo"),
        ({"LANG": "C.UTF-8"}, ""),
        ({"LANG": "C"}, ""),
        ({"LANG": "POSIX"}, ""),
        ({"LANG": "../../etc"}, ""),
        ({}, ""),
    ],
)
def test_the_language_of_messages(environment: dict[str, str], language: str) -> None:
    assert local_language(environment) == language
