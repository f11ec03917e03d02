"""The only SQL: tables, engines, queries per area, migrations."""
