"""Statements per area, built once at import."""
