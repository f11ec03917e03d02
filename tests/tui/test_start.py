"""How the program starts: the collector of garbage looks away until the app stands, and no longer, and a frame does not
wait for the one before it longer than it must."""

import asyncio
import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lms_tui.client.errors import Unreachable
from lms_tui.tui import start
from lms_tui.tui.app import LmsApp
from lms_tui.tui.backend import AskSignIn, Backend, Tell


async def nobody(_tell: Tell, _ask: AskSignIn) -> Backend:
    """A service that cannot be reached."""
    raise Unreachable("Nobody is there.")


def test_garbage_is_collected_again_soon_after_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the app is made nothing is looked through; whoever stays has the collector back, without what stands."""
    seen: list[tuple[bool, int]] = []

    async def run(_app: LmsApp) -> None:
        seen.append((gc.isenabled(), gc.get_freeze_count()))
        await asyncio.sleep(0.1)
        seen.append((gc.isenabled(), gc.get_freeze_count()))

    monkeypatch.setattr(start, "_COLLECTING_FROM", 0.01)
    monkeypatch.setattr(LmsApp, "run_async", run)
    gc.unfreeze()
    try:
        assert start.run(start.StartConfig(state=tmp_path), nobody) == 0
    finally:
        gc.enable()
        gc.unfreeze()
    (at_first, nothing), (later, frozen) = seen
    assert (at_first, nothing, later) == (False, 0, True)
    assert frozen > 10_000


@pytest.mark.parametrize(("wanted", "drawn"), [(None, 240), ("30", 30)])
def test_frames_follow_each_other_as_soon_as_a_reader_sees(wanted: str | None, drawn: int) -> None:
    """In a process of its own: Textual reads it once, and here it was loaded before us."""
    env = {name: value for name, value in os.environ.items() if name != "TEXTUAL_FPS"}
    env |= {} if wanted is None else {"TEXTUAL_FPS": wanted}
    code = "import lms_tui.tui.app; from textual.screen import UPDATE_PERIOD; print(round(1 / UPDATE_PERIOD))"
    ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert int(ran.stdout) == drawn
