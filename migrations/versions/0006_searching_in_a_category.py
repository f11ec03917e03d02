"""Searching in one category by the index alone: its id is one of the words by which a course is found.

An adopted database has the index already.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def fold(text: str) -> str:
    """Return the expression of the words of `text` in their plain form."""
    folded = rf"lower(regexp_replace(normalize({text}, NFKD), '[\u0300-\u036f]+', '', 'g'))"
    for letters, plain in (("ß", "ss"), ("æ", "ae"), ("œ", "oe"), ("c++", "cplusplus"), ("c#", "csharp")):
        folded = f"replace({folded}, '{letters}', '{plain}')"
    apart = (
        r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7"
        r"\u00f7\u055a-\u055f\u0589\u05be\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965\u2000-\u206f\u2190-\u23ff"
        r"\u2500-\u25ff\u3000-\u3004\u3008-\u3020\u3030\u30fb\ufeff]+"
    )
    folded = f"regexp_replace(translate({folded}, 'øłđðħıς', 'olddhiσ'), '{apart}', ' ', 'g')"
    return rf"btrim(regexp_replace({folded}, '([^ ]{{100}})(?=[^ ])', '\1 ', 'g'))"


TITLE = f"left({fold('title')}, 200)"
TEXTS = fold("title || ' ' || coalesce(description, '')")
STATEMENTS = (
    "DROP INDEX IF EXISTS lms_tui_courses_search",
    f"""
    CREATE INDEX IF NOT EXISTS lms_tui_courses_searched ON courses USING gin (
        (array_to_tsvector(array_remove(
            string_to_array({TEXTS} || ' .' || replace({TITLE}, ' ', ' .'), ' ') || ('^' || {TITLE})
            || ('@' || author_id::text) || ('#' || category_id::text), '')))
    )
    """,
)


def upgrade() -> None:
    """Make the new index in the place of the old one."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
