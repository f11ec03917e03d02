"""Lesson text made into lines: `parse.parse` makes a tree of Markdown or HTML, `lines.render` its lines at a width."""
