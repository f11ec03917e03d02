"""What a service is started with; read once, handed in, never looked up from a global."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """How one service runs."""

    database_url: str = field(repr=False)
    """`postgresql://…` as libpq reads it; out of `repr`, since it may hold a password."""
    secrets: Path
    """Folder (0700) with the file `session-keys`, made when missing."""
    session_keys: tuple[bytes, ...] = field(default=(), repr=False)
    """Keys from elsewhere, in place of the file: the first signs, all verify. 32 bytes or more each."""
    files_folder: Path | None = None
    """The store of courses' files; None: the folder `files` beside `secrets`."""
    pool_size: int = 10
    """Most connections of each of the two pools, per worker."""
    access_seconds: int = 15 * 60
    refresh_seconds: int = 30 * 24 * 3600
    sign_in_floor: float = 0.4
    """Seconds before which no failed sign-in is answered."""

    @property
    def files(self) -> Path:
        """The folder that holds the files of courses."""
        return self.files_folder or self.secrets.parent / "files"
