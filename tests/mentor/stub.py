"""A stub of an AI provider: chat.completions with SSE over a real socket, good or with the fault that a test wants.

    with Stub(Answer("Yes.", pace=0.01), *FAULTS["cut"]) as stub:  # the next replies; the last one stays
        ...                                                        # a client at stub.base, with stub.key
    stub.asked[0].messages                                         # what the model was told

`replies.py` has what it can be given, `faults.py` all of it by name.

It runs in a thread and an event loop of its own, so that tests of either kind can use it, and a hundred streams at
once. `python -m tests.mentor.stub --fault NAME` is the same as a program (`--help`); it prints its base address first.
"""

import argparse
import asyncio
import json
import socket
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.mentor.replies import LONG, Answer, Asked, Refusal, Reply, events, whole

MODEL = "stub-1"


class Stub:
    """The server. `replies` are what it answers next; the last one stays. A function is asked each time."""

    def __init__(self, *replies: Reply, port: int = 0, key: str = "sk-stub-0123456789abcdef") -> None:
        self.replies: list[Reply] = list(replies) or [Answer()]
        self.models = [MODEL]
        """What it lists. Any model is taken by it."""
        self.asked: list[Asked] = []
        """Every request for an answer."""
        self.connections = 0
        """Connections opened so far."""
        self.key = key
        """The key to give a client; the stub looks at none: `FAULTS["wrong key"]`."""
        self.log: Path | None = None
        """File that each request for an answer is added to, a line of JSON each."""
        self._socket = socket.create_server(("127.0.0.1", port), backlog=512)
        self._port = self._socket.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._released: asyncio.Event
        self._stop: asyncio.Event
        self._ready = threading.Event()

    @property
    def base(self) -> str:
        """The base address, as a client is given it."""
        return f"http://127.0.0.1:{self._port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def release(self) -> None:
        """Let go on all that `hold`, and all that will."""
        self._loop.call_soon_threadsafe(self._released.set)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._released, self._stop = asyncio.Event(), asyncio.Event()
        open_now: set[asyncio.Task[None]] = set()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            task = asyncio.ensure_future(self._connection(reader, writer))
            open_now.add(task)
            task.add_done_callback(open_now.discard)

        server = await asyncio.start_server(connected, sock=self._socket)
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in list(open_now):
            task.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection, one after the other, until either side leaves."""
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while True:
                    path, headers, raw = await _request(reader)
                    if path.endswith("/models"):
                        listed = {"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]}
                        await _plain(writer, Refusal(200, listed))
                        continue
                    asked = Asked(path, headers, json.loads(raw or b"{}"))
                    self.asked.append(asked)
                    if self.log is not None:
                        with self.log.open("a") as file:
                            file.write(json.dumps({"path": path, "headers": headers, "body": asked.body}) + "\n")
                    if not await self._answered(asked, reader, writer):
                        return
        finally:
            writer.transport.abort() if writer.transport.get_write_buffer_size() else writer.close()

    async def _answered(self, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Reply, unless the client leaves before it is done; False where the connection is of no more use."""
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if callable(reply):
            reply = reply(asked)
        replying = asyncio.ensure_future(self._reply(reply, asked, writer))
        leaving = asyncio.ensure_future(reader.read(1))  # a client says nothing more before it has its answer
        try:
            await asyncio.wait({replying, leaving}, return_when=asyncio.FIRST_COMPLETED)
            asked.hung_up = not replying.done() or isinstance(replying.exception(), ConnectionError)
            return replying.done() and replying.result() and not leaving.done()
        finally:
            for task in (replying, leaving):
                task.cancel()
            await asyncio.gather(replying, leaving, return_exceptions=True)
            asked.over.set()

    async def _reply(self, reply: Answer | Refusal, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        if isinstance(reply, Refusal):
            await _plain(writer, reply)
            return True
        await asyncio.sleep(reply.wait)
        if not asked.body.get("stream"):
            await _plain(writer, Refusal(200, whole(reply, asked)))
            return True
        await _write(
            writer, b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        pieces = list(events(reply, asked))
        if reply.breaks_after is not None:
            head = 1 + reply.breaks_after
            await self._send(reply, pieces[:head], asked, writer)
            if reply.breaks == "cut":
                writer.transport.abort()
                return False
            if reply.breaks == "hang":
                await asyncio.sleep(LONG)
            if reply.breaks == "hold":
                await self._released.wait()
                await self._send(reply, pieces[head:], asked, writer)
            if reply.breaks == "error":
                said = {"message": "CUDA out of memory", "type": "server_error", "code": 500}
                await self._send(reply, [json.dumps({"error": said})], asked, writer)
            if reply.breaks == "garbage":
                await self._send(reply, ['{"id": "chatcmpl-stub", "choi'], asked, writer)
        else:
            await self._send(reply, pieces, asked, writer)
        await _write(writer, b"0\r\n\r\n")
        return True

    async def _send(self, reply: Answer, events: list[str], asked: Asked, writer: asyncio.StreamWriter) -> None:
        """Send events in the chunks that are wanted."""
        end = reply.newline
        for at in range(0, len(events), reply.together):
            told = events[at : at + reply.together]
            block = "".join(f"data: {event}{end}{end}" for event in told)
            if reply.comments:
                block = f": PROCESSING{end}{end}event: message{end}{block}:{end}{end}"
            data = block.encode()
            size = reply.cut_into or len(data)
            for start in range(0, len(data), size):
                part = data[start : start + size]
                await _write(writer, b"%x\r\n%s\r\n" % (len(part), part))
                if reply.cut_into:
                    await asyncio.sleep(0)
            asked.sent += len(told)
            if reply.pace:
                await asyncio.sleep(reply.pace)


async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    """Return path, headers and body of the next request. Raises IncompleteReadError where none comes."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return first.split(" ")[1], headers, await reader.readexactly(int(headers.get("content-length", 0)))


async def _plain(writer: asyncio.StreamWriter, reply: Refusal) -> None:
    body = (reply.body if isinstance(reply.body, str) else json.dumps(reply.body)).encode(errors="surrogateescape")
    lines = [("content-type", reply.kind), ("content-length", str(len(body))), *reply.headers]
    head = "".join(f"{name}: {value}\r\n" for name, value in lines)
    await _write(writer, f"HTTP/1.1 {reply.status} Stub\r\n{head}\r\n".encode() + body)


async def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


def nobody() -> str:
    """Return a base address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}/v1"


def main() -> None:
    """Run it as a program until it is ended."""
    from tests.mentor.faults import FAULTS

    parser = argparse.ArgumentParser(prog="python -m tests.mentor.stub", description=__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, default=0, help="0: a free one (default)")
    parser.add_argument("--fault", choices=FAULTS, help="what it does, in place of good answers")
    parser.add_argument("--text-file", type=Path, help="what it answers")
    parser.add_argument("--per", type=int, default=20, help="characters of one piece")
    parser.add_argument("--pace", type=float, default=0.01, help="seconds between two pieces")
    parser.add_argument("--log", type=Path, help="file that requests are added to, a line of JSON each")
    given = parser.parse_args()
    text = Answer().text if given.text_file is None else given.text_file.read_text()
    replies = FAULTS[given.fault] if given.fault else (Answer(text, per=given.per, pace=given.pace),)
    with Stub(*replies, port=given.port) as stub, suppress(KeyboardInterrupt):
        stub.log = given.log
        print(stub.base, flush=True)  # noqa: T201 - a program
        threading.Event().wait()


if __name__ == "__main__":
    main()
