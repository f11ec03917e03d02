"""Widgets: attributes come down, messages in the past tense go up; no widget calls the service."""
