"""One module per screen; each owns its calls and its state."""
