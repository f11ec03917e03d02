"""What this machine keeps of a person at a service, taken away when they are erased there.

What lies on other machines of theirs is not in reach; nothing of it is taken by the service any more.
"""

import shutil
import sqlite3
from pathlib import Path
from uuid import UUID

from lms_tui.client.errors import NotKept
from lms_tui.client.kept_here import FETCHED, MENTOR, OUTBOX, STUDY_TIME
from lms_tui.client.mentor_file import MentorFile
from lms_tui.client.outbox_file import OutboxFile
from lms_tui.client.practice import FILE as PRACTICE
from lms_tui.client.practice_file import PracticeFile
from lms_tui.client.study_file import StudyFile


def forget_here(state: Path, service: str, user: UUID) -> None:
    """Take away what waits to be sent, study time that is not told, what is practised, the threads with a mentor that
    were read, and the files that were fetched.

    `state` is the folder of the program's state. Raises NotKept.
    """
    try:
        if (state / OUTBOX).exists():
            file = OutboxFile(state / OUTBOX, (service, str(user)))
            file.open()
            try:
                file.forget()
            finally:
                file.close()
        if (state / STUDY_TIME).exists():
            StudyFile(state / STUDY_TIME, service=service, user=user).forget_all()
    except (OSError, sqlite3.Error) as error:
        raise NotKept(f"Something of yours is still in {state}: {error}.") from error
    MentorFile(state / MENTOR, (service, str(user))).forget()
    PracticeFile(state / PRACTICE, (service, str(user))).forget()
    shutil.rmtree(state / FETCHED, ignore_errors=True)
