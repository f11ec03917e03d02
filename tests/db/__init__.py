"""The schema: proof, migration, adoption, check."""
