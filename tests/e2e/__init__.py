"""The whole product, as a person meets it: a real terminal, the embedded PostgreSQL, a quiz taken by keys."""
