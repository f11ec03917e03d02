"""`lms-tui db backup FILE` and `lms-tui db restore FILE`: sentences around `db.dump`."""

from pathlib import Path


def backup_command(url: str, file: Path) -> int:
    """Write a backup of the database at `url` into `file`; return the exit code. Raises LocalError."""
    from lms_tui.db.dump import backup

    backup(url, file)
    print(f"Saved the database in {file} ({file.stat().st_size:,} bytes).")
    return 0


def restore_command(url: str, file: Path, *, yes: bool) -> int:
    """Read the backup `file` into the database at `url`, over what is there only with `yes`. Raises LocalError."""
    from lms_tui.db.dump import restore

    restore(url, file, replace=yes)
    print(f"Restored the database from {file}.")
    return 0
