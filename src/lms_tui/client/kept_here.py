"""What the files in the folder of this machine's state are called that keep something of a person."""

from typing import Final

OUTBOX: Final = "outbox.sqlite"
STUDY_TIME: Final = "study.sqlite"
FETCHED: Final = "fetched"
"""The folder of files of courses that were fetched."""
