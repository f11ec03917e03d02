"""What stands in a database's schemas `public` and `lms_tui`, as plain lines that can be compared.

The proof of the schema (tests/db/test_proof.py), `lms-tui db check` and the adoption of a foreign database all
look through this one pair of eyes: pg_catalog itself, since `alembic check` alone misses much (architecture.md).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, text

from lms_tui import places

Catalogue = dict[str, str]
"""An object ("column users.email") and what it is ("text not null"); what is in our own schema has it in its name
("column lms_tui.audit.at"), without the version table, which is Alembic's."""

_OWN: Final = "lms_tui."
_SCHEMAS: Final = (("public", ""), ("lms_tui", _OWN))

# NOT NULL is told with the column; PostgreSQL 18 keeps it as a constraint too, older ones do not.
_QUERIES: Final = (
    """
SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
         WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table'
         WHEN 'c' THEN 'type' END || ' ' || :own || c.relname,
       concat_ws(' ', CASE c.relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' END,
         CASE WHEN c.relrowsecurity THEN 'row security' END, CASE WHEN c.relforcerowsecurity THEN 'forced' END)
FROM pg_class c WHERE c.relnamespace = to_regnamespace(:schema) AND c.relkind NOT IN ('i', 'I', 't')""",
    """
SELECT 'column ' || :own || c.relname || '.' || a.attname,
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
         'default ' || pg_get_expr(d.adbin, d.adrelid), CASE WHEN a.attgenerated <> '' THEN 'generated' END,
         CASE WHEN a.attidentity <> '' THEN 'identity' END,
         CASE WHEN a.attcollation <> 0 AND a.attcollation <> t.typcollation THEN 'collate ' || a.attcollation END)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = to_regnamespace(:schema) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND a.attnum > 0 AND NOT a.attisdropped""",
    """
SELECT 'constraint ' || :own || c.relname || '.' || k.conname,
       concat_ws(' ', pg_get_constraintdef(k.oid), CASE WHEN NOT k.convalidated THEN 'not validated' END)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE c.relnamespace = to_regnamespace(:schema) AND k.contype <> 'n'""",
    """
SELECT 'index ' || :own || i.relname, concat_ws(' ', pg_get_indexdef(x.indexrelid),
         CASE WHEN NOT x.indisvalid THEN 'invalid' END)
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE i.relnamespace = to_regnamespace(:schema)""",
    """
SELECT 'trigger ' || :own || c.relname || '.' || t.tgname, pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = to_regnamespace(:schema) AND NOT t.tgisinternal""",
    """
SELECT 'rule ' || :own || c.relname || '.' || r.rulename, pg_get_ruledef(r.oid)
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
WHERE c.relnamespace = to_regnamespace(:schema) AND c.relkind = 'r'""",
    """
SELECT 'policy ' || :own || c.relname || '.' || p.polname, p.polcmd::text
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = to_regnamespace(:schema)""",
    """
SELECT 'function ' || :own || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', md5(p.prosrc)
FROM pg_proc p WHERE p.pronamespace = to_regnamespace(:schema)
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')""",
    """
SELECT 'type ' || :own || t.typname, t.typtype::text FROM pg_type t
WHERE t.typnamespace = to_regnamespace(:schema) AND t.typtype IN ('e', 'd', 'r')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')""",
)


def snapshot(connection: Connection) -> Catalogue:
    """Return what stands in both schemas, by the catalogue of the database that `connection` is on."""
    found: Catalogue = {}
    for schema, own in _SCHEMAS:
        for query in _QUERIES:
            rows = connection.execute(text(query), {"schema": schema, "own": own})
            found.update((name, what) for name, what in rows if f" {_OWN}alembic_version" not in name)
    return found


def is_own(name: str) -> bool:
    """Whether an object of a catalogue is in our own schema, where nobody else has anything."""
    return f" {_OWN}" in name


def shared(catalogue: Mapping[str, str]) -> Catalogue:
    """Return what of a catalogue stands in `public`, which other programs use too."""
    return {name: what for name, what in catalogue.items() if not is_own(name)}


def expected() -> Catalogue:
    """Return what a migrated database has: `migrations/catalogue.json`, which a test holds against a real one."""
    loaded: Any = json.loads((places.shipped("migrations") / "catalogue.json").read_text())
    return {str(name): str(what) for name, what in loaded.items()}


@dataclass(frozen=True, slots=True)
class Difference:
    """One object that is not as it should be; `wanted` or `found` is None where it is too much or missing."""

    name: str
    wanted: str | None
    found: str | None

    def __str__(self) -> str:
        """Return a line for a person."""
        if self.found is None:
            return f"{self.name} is missing" + (f" (should be: {self.wanted})" if self.wanted else "")
        if self.wanted is None:
            return f"{self.name} does not belong here" + (f" ({self.found})" if self.found else "")
        return f"{self.name} should be “{self.wanted}” but is “{self.found}”"


def differences(wanted: Mapping[str, str], found: Mapping[str, str]) -> list[Difference]:
    """Return every object in which the two differ, by name."""
    names: Iterable[str] = sorted(wanted.keys() | found.keys())
    return [
        Difference(name, wanted.get(name), found.get(name)) for name in names if wanted.get(name) != found.get(name)
    ]
