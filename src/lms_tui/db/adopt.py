"""Taking over a database that somebody made from the schema's text, without touching a row (domain.md, the schema).

Its columns and types are compared first; any difference refuses. What is missing then is added; what stands in
the way is named and left alone. The broken CHECK `single_settings` goes only where it is the broken text.
"""

import re
from collections.abc import Mapping

from lms_tui.db.catalogue import Catalogue, Difference

_ARCHIVED = "column courses.archived"
_BROKEN_CHECK = "constraint settings.single_settings"
_BROKEN_TEXT = "CHECK ((id = gen_random_uuid()))"


class RefusedError(Exception):
    """A database that cannot be brought up to date as it is; `reasons` has a sentence each."""

    def __init__(self, summary: str, reasons: list[str]) -> None:
        super().__init__(summary)
        self.reasons = reasons


def is_blank(found: Catalogue) -> bool:
    """Tell whether nothing stands in `public`: no table, view, sequence, type or function of anybody."""
    return not found


def statements(wanted: Mapping[str, str], found: Mapping[str, str], settings_rows: int) -> list[str]:
    """Return the SQL that turns the database `found` into the one `wanted`, in order; [] when nothing is to do.

    Raises RefusedError with every difference that an adoption must not mend by itself. Foreign objects beside the
    27 tables (other programs' tables, views, indexes on them) are left alone and are no reason to refuse.
    """
    reasons = _column_faults(wanted, found)
    if settings_rows > 1:
        reasons.append(
            f"table settings has {settings_rows} rows where one at most may stand: delete all but the right one"
        )
    check = found.get(_BROKEN_CHECK)
    if check is not None and check.removesuffix(" not validated") != _BROKEN_TEXT:
        reasons.append(f"{_BROKEN_CHECK} is not the schema's own text but “{check}”: drop or rename it yourself")
    if reasons:
        raise RefusedError("This database differs from the schema, so nothing was changed.", reasons)

    todo: list[str] = []
    if _ARCHIVED not in found:
        todo.append("ALTER TABLE courses ADD COLUMN archived BOOLEAN DEFAULT FALSE")
    if check is not None:
        todo.append("ALTER TABLE settings DROP CONSTRAINT single_settings")
    for name, what in wanted.items():
        if name.startswith("constraint ") and name not in found:
            table, _, constraint = name.removeprefix("constraint ").partition(".")
            todo.append(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {what}")
    made = {f"index {name.rpartition('.')[2]}" for name in wanted if name.startswith("constraint ")}
    for name, what in wanted.items():
        if name.startswith("index ") and name not in found and name not in made:
            todo.append(what.replace(" ON public.", " ON "))
    return todo


def _column_faults(wanted: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """Return a sentence for each table, column, constraint or index that stands otherwise than it should."""
    faults: list[Difference] = []
    tables = {name.removeprefix("table ") for name in wanted if name.startswith("table ")}
    for name in sorted(wanted.keys() | found.keys()):
        kind, _, rest = name.partition(" ")
        want, have = wanted.get(name), found.get(name)
        if want == have or (name in (_ARCHIVED, _BROKEN_CHECK) and (have is None or want is None)):
            continue
        if kind in ("constraint", "index") and have is None:
            continue  # added below
        if kind == "column" and have is None and f"table {rest.partition('.')[0]}" not in found:
            continue  # the table is named
        if want is None and (kind != "column" or rest.partition(".")[0] not in tables):
            continue  # somebody else's
        faults.append(Difference(name, want, have))
    return [re.sub(r"\s+", " ", str(fault)) for fault in faults]
