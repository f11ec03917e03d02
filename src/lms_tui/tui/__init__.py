"""The only Textual: app, commands, screens and widgets."""

import os
from typing import Final

FRAMES: Final = 240
"""Frames a second that are drawn at most, unless `TEXTUAL_FPS` says otherwise, which Textual reads as it is imported.

After a frame Textual waits for one to two times the time of a frame until it draws the next: at its 60 a second a key
that came right after a piece of the mentor's answer showed 17 to 33 ms later than it had to. Keys cost no more CPU and
bytes at 240; a wheel that is turned fast, a quarter more CPU at most and a tenth more bytes (`bench/README.md`)."""

os.environ.setdefault("TEXTUAL_FPS", str(FRAMES))
