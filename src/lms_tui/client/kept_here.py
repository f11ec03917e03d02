"""What the files in the folder of this machine's state are called that keep something of a person."""

from typing import Final

OUTBOX: Final = "outbox.sqlite"
STUDY_TIME: Final = "study.sqlite"
MENTOR: Final = "mentor.sqlite"
"""Threads with a mentor that were read."""
FETCHED: Final = "fetched"
"""The folder of files of courses that were fetched."""
