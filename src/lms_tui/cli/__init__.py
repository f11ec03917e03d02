"""The command line: one module per group of sub-commands, each importing its half only when it runs."""
