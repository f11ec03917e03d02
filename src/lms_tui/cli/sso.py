"""`lms-tui sign-in --sso`: by one's organisation, in a browser on whatever machine, while this waits."""

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

from lms_tui.cli.session import full_name
from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.config import Config

if TYPE_CHECKING:
    from lms_tui.client.session import SignIn
    from lms_tui.wire.sso import Begun


async def sign_in_by_issuer(config: Config, args: argparse.Namespace) -> int:
    """Show address and code, wait until they were confirmed, and keep the session; return the exit code.

    With `--json` each thing that happens is a line of its own. Raises WronglyAskedError, ClientError.
    """
    from lms_tui.cli.as_json import print_json
    from lms_tui.cli.connect import connected
    from lms_tui.client.sso import SsoSignIn
    from lms_tui.client.tokens import KEPT

    async with connected(config) as (_, session):
        sign_in = SsoSignIn(session, await _named(session, args.sso))
        _tell_begun(await sign_in.begin(), as_json=args.json)
        sys.stdout.flush()  # whoever reads this from a pipe has to act on it
        found, told = None, False
        while found is None:
            await asyncio.sleep(sign_in.wait)
            found = await sign_in.poll()
            if sign_in.away and not told:
                told = True
                print("The service does not answer for the moment; asking on.", file=sys.stderr)
        user = await session.come_in(found)
        if args.json:
            print_json({"state": "signed_in", "user": user, "kept": session.kept})
        else:
            print(f"Signed in as {full_name(user)}.")
            print(KEPT[session.kept])
    return 0


async def _named(session: "SignIn", wanted: str) -> str:
    """Return the issuer that is meant, '' where there is only one to mean. Raises WronglyAskedError."""
    from lms_tui.wire.sso import ISSUERS, IssuersRequest

    names = (await session.ask(ISSUERS, IssuersRequest())).names
    if not names:
        raise WronglyAskedError("This service signs nobody in by an organisation. Sign in with: lms-tui sign-in")
    if wanted in names:
        return wanted
    if not wanted and len(names) == 1:
        return names[0]
    said = f"There is no {wanted!r} to sign in by." if wanted else "There are several to sign in by. Name one:"
    raise WronglyAskedError(said, *(f"lms-tui sign-in --sso {name}" for name in names))


def _tell_begun(begun: "Begun", *, as_json: bool) -> None:
    from lms_tui.cli.as_json import print_json
    from lms_tui.wire.text import clean_line

    if as_json:
        print_json({"state": "begun", "begun": begun})
        return
    print(f"Open   {clean_line(begun.address)}")
    print(f"Code   {clean_line(begun.user_code)}")
    if begun.complete_address:
        print(f"Both   {clean_line(begun.complete_address)}")
    minutes = max(1, round(begun.seconds_left / 60))
    print(f"Confirm the code there within {minutes} min; this waits. Ctrl+c leaves.", file=sys.stderr)
