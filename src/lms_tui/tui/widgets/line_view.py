"""A scrolled widget that is nothing but its lines."""

from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip


class LineView(ScrollView):
    """Gives its lines to the screen as `render_line` has them.

    Textual would make each strip anew to add what its styles say of borders, padding and opacity, which these widgets
    have none of, and lose what is kept with a strip: the filtered one, and its text for the terminal.
    """

    DEFAULT_CSS = "LineView { scrollbar-size: 0 0; overflow: hidden auto; }"

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of `crop`, filtered."""
        background, filters = self.background_colors[1], self.get_line_filters()
        strips = []
        for y in crop.line_range:
            strip = self.render_line(y)
            for line_filter in filters:
                strip = strip.apply_filter(line_filter, background)
            strips.append(strip)
        if crop.column_span == (0, self.size.width):
            return strips
        return [strip.crop(*crop.column_span) for strip in strips]
