"""Where an attempt was left and which questions are flagged, kept on this machine alone: numbers among the places."""

from lms_tui.tui.desk import Places
from lms_tui.tui.paper import Paper


def keep(places: Places, paper: Paper) -> None:
    """Keep the number of the question, from 1, and the flags as the bits of a number."""
    places.put(_name(paper, "place"), paper.position + 1)
    places.put(_name(paper, "flags"), sum(1 << at for at, one in enumerate(paper.questions) if one.id in paper.flags))


def restore(places: Places, paper: Paper) -> None:
    """Put the place and the flags that were kept into `paper`."""
    place, bits = places.get(_name(paper, "place")), places.get(_name(paper, "flags"))
    if 1 <= place <= len(paper.questions):
        paper.position = place - 1
    paper.flags = {question.id for at, question in enumerate(paper.questions) if bits >> at & 1}


def forget(places: Places, paper: Paper) -> None:
    """Keep no place any more: the attempt is submitted."""
    places.put(_name(paper, "place"), 0)


def _name(paper: Paper, what: str) -> str:
    return f"attempt:{paper.attempt.id}:{what}"
