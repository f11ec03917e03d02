"""Pure functions: every rule of the domain, without I/O and without a framework."""
