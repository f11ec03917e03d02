"""The command line as a twin of the screens."""
