"""A score, calm and large enough: the number and the verdict in words, a bar, and the threshold marked on it."""

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from lms_tui.tui import glyphs
from lms_tui.tui.palette import Palette

_WIDEST = 60
_MARGIN = 3


class ScoreLine(Widget):
    """Four lines: score and verdict, bar, the threshold under the bar, facts. Texts given are ours, not foreign."""

    DEFAULT_CSS = "ScoreLine { height: 6; width: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self._score, self._threshold, self._verdict, self._tone, self._facts = 0, 0, "", "text", ""

    def show(self, score: int, threshold: int | None, verdict: str, tone: str, facts: str) -> None:
        """Show `score` and `threshold`, per cent, `verdict` in the colour `tone`, and `facts` under them."""
        self._score, self._threshold = max(0, min(100, score)), max(0, min(100, threshold or 0))
        self._verdict, self._tone, self._facts = verdict, tone, facts
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line."""
        palette, width = Palette.of(self), self.size.width
        cells = max(10, min(_WIDEST, width - 2 * _MARGIN))
        at = min(cells - 1, round(self._threshold / 100 * cells))
        tone, margin = palette.tone(self._tone), Segment(" " * _MARGIN)
        segments = [margin]
        match y:
            case 1:
                segments += [Segment(f"{self._score} %", palette.strong), Segment(f"   {self._verdict}", tone)]
            case 2:
                full = self._score * cells // 100 if self._score else 0
                segments += [
                    Segment(glyphs.BAR_FULL * full, tone),
                    Segment(glyphs.BAR_EMPTY * (cells - full), palette.muted),
                ]
            case 3 if self._threshold:
                label = f"↑ needs {self._threshold} %"
                left = at if at + len(label) <= width - 2 * _MARGIN else at - len(label) + 1
                label = label if left == at else f"needs {self._threshold} % ↑"
                segments += [Segment(" " * max(0, left)), Segment(label, palette.muted)]
            case 4:
                segments.append(Segment(self._facts, palette.muted))
        return Strip(segments).apply_style(palette.base).crop_extend(0, width, palette.base).simplify()
