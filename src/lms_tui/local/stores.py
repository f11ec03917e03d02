"""Where a service of this machine keeps the files of courses, as configured; loaded in the service alone."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lms_tui.config import Config
    from lms_tui.service.settings import Bucket


def folder(config: "Config") -> Path | None:
    """Return the folder, None for the one beside the service's secrets."""
    return Path(config.files_folder).expanduser().absolute() if config.files_folder else None


def bucket(config: "Config") -> "Bucket | None":
    """Return the bucket, None where there is none."""
    from lms_tui.service.settings import Bucket  # noqa: PLC0415 - of the service's half

    if not config.files_bucket:
        return None
    return Bucket(
        config.files_bucket, config.files_endpoint, config.files_region, config.files_key, config.files_secret
    )
