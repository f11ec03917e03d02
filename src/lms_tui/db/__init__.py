"""The only SQL: tables, queries per area, migrations."""
