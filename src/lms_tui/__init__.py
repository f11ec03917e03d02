"""lms-tui: learning in the terminal.

Two halves and one language between them: `tui` and `client` speak HTTP and nothing else, `service` owns
PostgreSQL, the rules and the secrets, and `wire` is what both say. docs/architecture.md shows the rooms.
"""

__version__ = "0.1.0"
