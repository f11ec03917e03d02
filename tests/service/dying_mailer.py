"""A sender of mails in a process of its own, for a test to kill: `dying_mailer.py URL PORT`."""

import asyncio
import sys

from lms_tui.service.database import open_pools
from lms_tui.service.mailer import Mailer
from lms_tui.service.settings import Mail


async def main(url: str, port: int) -> None:
    """Send until killed."""
    sender = Mailer(open_pools(url, 2), Mail("localhost", port, "none", "school@example.org", "https://x.example.org"))
    sender.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
