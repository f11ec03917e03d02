"""The embedded PostgreSQL and the service as a child process of the machine's user."""
