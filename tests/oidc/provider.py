"""The real OpenID provider of the tests: npm `oidc-provider`, installed once per machine, driven as a browser would.

Where node or npm is not there, or the packages cannot be had, the tests that need it are skipped and say so.
"""

import hashlib
import html
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

import httpx
import pytest

from lms_tui.service.settings import Issuer

_HERE: Final = Path(__file__).parent
SECRET: Final = "a secret: with/odd+signs%"


@dataclass(frozen=True)
class Provider:
    """A provider that answers."""

    address: str

    def issuer(self, **more: object) -> Issuer:
        """Return it as it is configured, by default for students of example.org, made where they are not known."""
        given = {
            "name": "school",
            "issuer": self.address,
            "client_id": "lms-tui",
            "client_secret": SECRET,
            "domains": ("example.org",),
            "create": True,
        }
        return Issuer(**(given | more))  # type: ignore[arg-type]


def installed() -> Path:
    """Return the folder with the packages, installed at the first call on a machine. Skips where they cannot be had."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not there: single sign-on is not tried at a real OpenID provider")
    lock = (_HERE / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lms-tui-tests"
    folder = cache / f"oidc-{hashlib.sha256(lock).hexdigest()[:16]}"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=cache))
        for name in ("package.json", "package-lock.json"):
            shutil.copy(_HERE / name, draft)
        done = subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=draft, capture_output=True, check=False
        )
        if done.returncode != 0:
            shutil.rmtree(draft)
            pytest.skip(
                f"npm ci failed: single sign-on is not tried at a real OpenID provider ({done.stderr[-200:]!r})"
            )
        try:
            draft.rename(folder)
        except OSError:  # another worker was first
            shutil.rmtree(draft)
    return folder


@contextmanager
def running() -> Iterator[Provider]:
    """A provider in a process of its own, which ends with this one."""
    folder = installed()
    script = folder / f"provider-{hashlib.sha256((_HERE / 'provider.mjs').read_bytes()).hexdigest()[:8]}.mjs"
    if not script.exists():
        draft = folder / f".{os.getpid()}.mjs"
        shutil.copy(_HERE / "provider.mjs", draft)
        draft.rename(script)
    with subprocess.Popen(
        ["node", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:"), "the provider did not start"
            yield Provider(address)
        finally:
            process.stdin.close()
            process.wait(10)
            process.stdout.close()


def confirm(address: str, email: str) -> str:
    """Go to `address` in a browser of one's own, sign in as `email`, and confirm; return the last page's text."""
    with httpx.Client(follow_redirects=True, timeout=20) as browser:
        page = browser.get(address)
        for _ in range(6):
            form = _form(page)
            if form is None:
                return re.sub(r"<[^>]*>|\s+", " ", page.text)
            target, fields = form
            page = browser.post(target, data=fields | {"login": email, "password": "anything"})
        raise AssertionError(f"the provider's forms do not end: {page.text[:500]}")


def deny(address: str) -> None:
    """Go to `address`, and say that nobody is to be signed in."""
    with httpx.Client(follow_redirects=True, timeout=20) as browser:
        page = browser.get(address)
        form = _form(page)
        assert form is not None
        page = browser.post(form[0], data=form[1])  # "is this the code on your device?"
        form = _form(page)
        assert form is not None
        page = browser.post(form[0], data={"xsrf": form[1]["xsrf"], "user_code": form[1]["user_code"], "abort": "yes"})
        assert page.status_code < 500


def _form(page: httpx.Response) -> tuple[str, dict[str, str]] | None:
    """Return where a page's first form goes, and what stands in it already."""
    found = re.search(r"<form[^>]*action=\"([^\"]*)\"[^>]*>(.*?)</form>", page.text, re.DOTALL)
    if found is None or 'method="post"' not in page.text:
        return None
    fields = {}
    for tag in re.findall(r"<(?:input|button)[^>]*>", found[2]):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if "name" in attributes:
            fields[attributes["name"]] = html.unescape(attributes.get("value", ""))
    return urljoin(str(page.url), html.unescape(found[1])), fields
