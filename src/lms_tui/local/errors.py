"""What can go wrong with the local database and service; every message is a sentence for the user.

LocalError
├── InUseError         another process or another machine uses the same folder
└── ServerFailedError  PostgreSQL or the service did not start or ended by itself
"""


class LocalError(Exception):
    """The local database or service cannot be had; the message says why and what to do."""


class InUseError(LocalError):
    """Another process, or another machine, uses the same folder."""


class ServerFailedError(LocalError):
    """PostgreSQL or the local service did not start, or ended by itself; the message names its log."""
