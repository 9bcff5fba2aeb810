"""A real HTTP server on loopback that speaks two model APIs, with every fault.

async with model_server() as server:
    server.say("Kling 4.0 makes clips of 3 to 30 seconds [1].")
    server.next(Fault.STATUS_500)
    ... server.openai_url, server.requests
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any


class Fault(Enum):
    """What can go wrong instead of an answer."""

    STATUS_400 = auto()
    STATUS_401 = auto()
    STATUS_429 = auto()
    STATUS_500 = auto()
    STATUS_503 = auto()
    HANG_UP = auto()  # the connection closes before a byte
    CUT = auto()  # the body ends before its announced length
    CUT_CHUNK = auto()  # a chunked body without its end
    SILENCE = auto()
    DRIP = auto()  # a header, then a byte now and then for ever
    NOT_JSON = auto()
    HTML = auto()  # a proxy's page, with status 200
    NO_CHOICES = auto()
    NULL_CONTENT = auto()
    WRONG_TYPES = auto()
    REFUSAL = auto()
    CUT_OFF = auto()  # the model ran into its limit
    BAD_GZIP = auto()
    HUGE = auto()
    NOT_HTTP = auto()
    TOOL_CALLS = auto()  # it wants to use a tool, as often as it is asked
    EVENT_STREAM = auto()  # it streams, though nobody asked for that
    BLANK = auto()


_REASONS = {400: "Bad Request", 401: "Unauthorized", 429: "Too Many", 500: "Error", 503: "Busy"}


@dataclass
class Asked:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def system(self) -> str:
        if "system" in self.body:
            return str(self.body["system"])
        return str(self.body["messages"][0]["content"])

    @property
    def user(self) -> str:
        return str(self.body["messages"][-1]["content"])


@dataclass
class ModelServer:
    """Answers with `text`, or with the faults that were put before it."""

    port: int = 0
    text: str = ""
    reply: Callable[[Asked], str] | None = None  # makes the text from the request
    usage: tuple[int, int] | None = (400, 60)
    faults: list[Fault] = field(default_factory=list)
    lasting: Fault | None = None
    requests: list[Asked] = field(default_factory=list)
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def openai_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def root_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def say(self, text: str) -> None:
        self.text = text

    def next(self, *faults: Fault) -> None:
        self.faults += faults

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.add(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while await self._one(reader, writer):
                pass
        self.writers.discard(writer)
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        path = first.split()[1]
        self.requests.append(Asked(path, headers, json.loads(body)))
        if self.reply:
            self.text = self.reply(self.requests[-1])
        fault = self.faults.pop(0) if self.faults else self.lasting
        sent, keep = self._response(fault, is_anthropic=path.startswith("/v1/messages"))
        writer.write(sent)
        await writer.drain()
        while fault is Fault.SILENCE or fault is Fault.DRIP:
            await asyncio.sleep(0.02)
            writer.write(b" " if fault is Fault.DRIP else b"")
            await writer.drain()
        return keep

    def _response(self, fault: Fault | None, *, is_anthropic: bool) -> tuple[bytes, bool]:
        good = json.dumps(self._body(fault, is_anthropic=is_anthropic)).encode()
        if fault is not None and fault.name.startswith("STATUS_"):
            status = int(fault.name.removeprefix("STATUS_"))
            error = json.dumps({"error": {"message": "the question was: SECRET", "type": "e"}})
            return _http(error.encode(), status, "retry-after-ms: 10"), True
        raw = {
            Fault.HANG_UP: b"",
            Fault.SILENCE: b"",
            Fault.NOT_HTTP: b"hello there\r\n\r\n",
            Fault.CUT: _http(good)[:-20],
            Fault.DRIP: _http(good).partition(b"\r\n\r\n")[0] + b"\r\n\r\n",
            Fault.CUT_CHUNK: b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
            b"transfer-encoding: chunked\r\n\r\n10\r\n" + good[:16] + b"\r\n",
            Fault.BAD_GZIP: _http(b"not gzip at all", 200, "content-encoding: gzip"),
            Fault.NOT_JSON: _http(b'{"choices": [{"message": '),
            Fault.EVENT_STREAM: _http(
                b"data: " + good + b"\n\ndata: [DONE]\n\n", kind="text/event-stream"
            ),
            Fault.HTML: _http(b"<html><body>Welcome</body></html>", kind="text/html"),
            Fault.HUGE: _http(json.dumps({"pad": "x" * 300_000}).encode()[:-1] + b"," + good[1:]),
        }
        if fault in raw:
            return raw[fault], False
        return _http(good), True

    def _body(self, fault: Fault | None, *, is_anthropic: bool) -> Any:
        if fault is Fault.WRONG_TYPES:
            return {"choices": {"message": 3}, "content": "text", "usage": [1]}
        body = self._messages(fault) if is_anthropic else self._chat(fault)
        if self.usage and is_anthropic:
            body["usage"] = {"input_tokens": self.usage[0], "output_tokens": self.usage[1]}
        elif self.usage:
            body["usage"] = {"prompt_tokens": self.usage[0], "completion_tokens": self.usage[1]}
        return body

    def _chat(self, fault: Fault | None) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": self.text}
        reason = "stop"
        if fault is Fault.NULL_CONTENT:
            message["content"] = None
        if fault is Fault.REFUSAL:
            message, reason = {"role": "assistant", "content": None, "refusal": "No."}, "stop"
        if fault is Fault.BLANK:
            message["content"] = " \n\n "
        if fault is Fault.TOOL_CALLS:
            call = {"id": "t1", "type": "function", "function": {"name": "run", "arguments": "{}"}}
            message, reason = (
                {"role": "assistant", "content": None, "tool_calls": [call]},
                "tool_calls",
            )
        if fault is Fault.CUT_OFF:
            reason = "length"
        choices = [{"index": 0, "message": message, "finish_reason": reason}]
        return {
            "id": "c1",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [] if fault is Fault.NO_CHOICES else choices,
        }

    def _messages(self, fault: Fault | None) -> dict[str, Any]:
        is_empty = fault in (Fault.NO_CHOICES, Fault.NULL_CONTENT)
        stop = {
            Fault.REFUSAL: "refusal",
            Fault.CUT_OFF: "max_tokens",
            Fault.TOOL_CALLS: "tool_use",
        }
        text = " \n\n " if fault is Fault.BLANK else self.text
        return {
            "id": "m1",
            "type": "message",
            "role": "assistant",
            "model": "m",
            "content": [] if is_empty else [{"type": "text", "text": text}],
            "stop_reason": stop.get(fault, "end_turn") if fault else "end_turn",
        }


def _http(body: bytes, status: int = 200, *headers: str, kind: str = "application/json") -> bytes:
    head = [
        f"HTTP/1.1 {status} {_REASONS.get(status, 'OK')}",
        f"content-type: {kind}",
        f"content-length: {len(body)}",
        *headers,
    ]
    return ("\r\n".join(head) + "\r\n\r\n").encode() + body


@contextmanager
def served_in_a_thread() -> Iterator[ModelServer]:
    """Serve from a thread of its own, for what blocks, such as the command line."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    serving = model_server()
    yield asyncio.run_coroutine_threadsafe(serving.__aenter__(), loop).result(5)
    asyncio.run_coroutine_threadsafe(serving.__aexit__(None, None, None), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


@asynccontextmanager
async def model_server() -> AsyncIterator[ModelServer]:
    """Serve on a free port of loopback; silent connections end with it."""
    state = ModelServer()
    server = await asyncio.start_server(state.serve, "127.0.0.1", 0)
    state.port = server.sockets[0].getsockname()[1]
    yield state
    server.close()
    for writer in list(state.writers):
        writer.transport.abort()
    await asyncio.sleep(0)
