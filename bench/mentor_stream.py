"""What a streamed answer costs the app: its CPU as Markdown and as plain text, and how soon a key shows meanwhile.

    python bench/mentor_stream.py [--repeat 3] [--size 120x40] [--json out.json]

An answer of 8 KB and one of 30 KB come in pieces of 20 characters every 10 ms into the conversation of the mentor's
screen, in a real pseudo-terminal. The same stream as plain text wraps its lines at the same moments and does nothing
else. Keys are letters that are typed into the question meanwhile; each counts until the letter is on the terminal.
"""

import argparse
import codecs
import fcntl
import json
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from lms_tui.tui import FRAMES

PLAYER: Final = Path(__file__).with_name("mentor_player.py")
SIZES: Final = (8_000, 30_000)
LIMITS: Final = {8_000: 0.8, 30_000: 2.5}
KEY_LIMIT: Final = 0.030
LETTERS: Final = "þæøßðłŋħµœ"
"""Letters that stand nowhere in the answer."""


def watch(size: int, columns: int, rows: int, *, markdown: bool) -> dict[str, Any]:
    """Run the app once; return its CPU seconds and how long each letter took to show, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        words = [sys.executable, str(PLAYER), "markdown" if markdown else "plain", str(size), str(told)]
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        # The player loads Textual before the app does, which would have told it.
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "TEXTUAL_FPS": str(FRAMES)}
        child = subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
        os.close(theirs)
        latencies = list(_typing(ours, child, wait=1.5))
        child.wait()
        os.close(ours)
        return {**json.loads(told.read_text()), "keys": latencies}


def _typing(terminal: int, child: "subprocess.Popen[bytes]", wait: float) -> Iterator[float]:
    """Type a letter every 130 ms from `wait` seconds on, until the app ends; yield how long each took to show."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    sent: tuple[str, float] | None = None
    due, number = time.monotonic() + wait, 0
    while child.poll() is None:
        if sent is None and time.monotonic() >= due:
            letter = LETTERS[number % len(LETTERS)]
            os.write(terminal, letter.encode())
            sent, number = (letter, time.monotonic()), number + 1
        ready, _, _ = select.select([terminal], [], [], 0.005)
        if not ready:
            continue
        try:
            came = decoder.decode(os.read(terminal, 65_536))
        except OSError:  # the app has ended
            return
        if sent is not None and sent[0] in came:
            yield time.monotonic() - sent[1]
            sent, due = None, time.monotonic() + 0.13


def main() -> int:
    """Measure, say and keep the figures; 1 where one is over its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--size", default="120x40", help="columns and rows of the terminal")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    columns, rows = map(int, options.size.split("x"))
    figures, met = [], True
    for size in SIZES:
        runs = [
            (watch(size, columns, rows, markdown=True), watch(size, columns, rows, markdown=False))
            for _ in range(options.repeat)
        ]
        above = statistics.median(one["cpu"] - plain["cpu"] for one, plain in runs)
        keys = sorted(latency for one, _ in runs for latency in one["keys"])
        p95 = keys[int(0.95 * (len(keys) - 1))]
        met = met and above <= LIMITS[size] and p95 <= KEY_LIMIT
        markdown, plain = (statistics.median(run[at]["cpu"] for run in runs) for at in (0, 1))
        figures.append({"characters": size, "above": above, "markdown": markdown, "plain": plain, "key_p95": p95})
        print(
            f"{size:>6} characters: {markdown:.2f} s of CPU as Markdown, {plain:.2f} s as plain text, {above:.2f} s"
            f" above (limit {LIMITS[size]}); keys: p50 {1000 * keys[len(keys) // 2]:.1f} ms, p95 {1000 * p95:.1f} ms"
            f" of {len(keys)}"
        )
    if options.json:
        options.json.write_text(json.dumps({"size": options.size, "repeat": options.repeat, "figures": figures}))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
