"""A real server that speaks S3, in a process of its own on a port of this machine, and buckets in it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import httpx

from lms_tui.service.settings import Bucket

_SECONDS = 60


@contextmanager
def bucket_server() -> Iterator[str]:
    """Run the server; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
    )
    try:
        deadline = time.monotonic() + _SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None, "the server of buckets did not start"
                assert time.monotonic() < deadline, "the server of buckets does not listen"
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def new_bucket(server: str) -> Bucket:
    """Make an empty bucket."""
    name = f"courses-{uuid4().hex[:12]}"
    httpx.put(f"{server}/{name}").raise_for_status()
    return Bucket(name, server, "us-east-1", "key", "hush")
