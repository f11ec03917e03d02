"""The outbox against the real service."""
