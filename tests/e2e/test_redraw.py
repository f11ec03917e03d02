"""The whole screen comes back although only differences are written: after another size, and when asked for."""

from tests.e2e.terminal import Terminal

WHOLE = r"lms-tui › Home[^$]*Waiting for ever[^$]*\? help"


def test_the_screen_is_drawn_again_when_asked_for(waiting: Terminal) -> None:
    waiting.see(WHOLE)
    waiting.spoil()
    assert not waiting.text.strip()
    waiting.press("ctrl+l")
    waiting.see(WHOLE)


def test_the_screen_is_drawn_again_at_another_size_and_at_the_old_one(waiting: Terminal) -> None:
    waiting.see(WHOLE)
    for columns, rows in ((60, 16), (80, 24), (120, 40), (80, 24)):
        waiting.resize(columns, rows)
        waiting.see(WHOLE)


def test_a_size_that_is_left_and_taken_again_at_once_is_drawn(waiting: Terminal) -> None:
    """The terminal has lost the screen, and the app may see only that it is as large as before."""
    waiting.see(WHOLE)
    for _ in range(3):
        waiting.resize(120, 40)
        waiting.resize(80, 24)
        waiting.see(WHOLE, 10)


def test_what_moves_nothing_writes_nothing(waiting: Terminal) -> None:
    waiting.see(WHOLE)
    waiting.press("ctrl+l")
    waiting.see(WHOLE)
    written = len(waiting.output)
    waiting.press("home", "home", "end")
    assert len(waiting.output) == written
