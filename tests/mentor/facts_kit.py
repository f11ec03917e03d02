"""A lesson and a learner that the mentor is told of, in tests."""

from dataclasses import replace
from typing import Any

from lms_tui.mentor.summary import History
from lms_tui.mentor.turns import Turn
from lms_tui.rules.mentor_facts import Facts, Wrong

FACTS = Facts(
    course="Relational databases",
    chapter="Joins",
    lesson="Left and inner",
    text="# Joins\n\nA **left join** keeps all rows of the left table.\n\n"
    "```sql\nSELECT * FROM a LEFT JOIN b USING (id)\n```",
    ai_prompt="Speak like a pirate captain who has lost his parrot and never mention the word database at all.",
    objectives="Tells apart what a left join and an inner join do with rows that have no partner on the other side.",
    difficulty="beginner",
    first_name="Ada",
    groups=["Apprentices in their second year who have trouble with longer texts and need many breaks."],
    wrong=[Wrong("Check yourself", "Which rows does a left join keep?", "those of the right table")],
)


def facts(**changes: Any) -> Facts:
    """FACTS but for these."""
    return replace(FACTS, **changes)


def asked(*texts: str) -> History:
    """A conversation in which the learner has said these, and the mentor something in between."""
    turns = [Turn("user", texts[0])]
    for text in texts[1:]:
        turns += [Turn("assistant", "What do you think?"), Turn("user", text)]
    return History(turns)
