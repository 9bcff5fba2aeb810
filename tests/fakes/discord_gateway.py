"""Discord's gateway on loopback: hello, heartbeats, identify, resume with replay, and its moods."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15)


@dataclass
class Session:
    """What survives a lost connection."""

    id: str
    events: list[dict[str, Any]] = field(default_factory=list)


class Gateway:
    """One bot's connection at a time; keeps what was dispatched for a resumption."""

    def __init__(self, token: str, *, heartbeat_ms: int = 41250) -> None:
        self.token = token
        self.heartbeat_ms = heartbeat_ms
        self.url = ""
        self.first_events: list[tuple[str, dict[str, Any]]] = []  # sent after READY
        self.ready: dict[str, Any] = {}
        self.received: list[int] = []  # op codes, in order
        self.intents = 0
        self.refuse_resume = False
        self.close_code_at_identify: int | None = None
        self.connected = asyncio.Event()
        self._socket: web.WebSocketResponse | None = None
        self._session: Session | None = None
        self._sessions = 0

    # --- what a test does ---------------------------------------------------------------------

    async def dispatch(self, event: str, data: dict[str, Any]) -> None:
        """Send an event, or keep it for the resumption if nobody is connected."""
        session = self._session
        if session is None:
            raise RuntimeError("nobody has identified yet")
        payload = {"op": DISPATCH, "t": event, "s": len(session.events) + 1, "d": data}
        session.events.append(payload)
        if self.connected.is_set():
            await self._send(payload)

    async def send_raw(self, text: str | bytes) -> None:
        """Send whatever it is, such as a payload that is no JSON."""
        if self._socket is not None:
            await (
                self._socket.send_bytes(text)
                if isinstance(text, bytes)
                else self._socket.send_str(text)
            )

    async def ask_reconnect(self) -> None:
        self.connected.clear()
        await self._send({"op": RECONNECT, "d": None})

    async def invalidate(self, *, is_resumable: bool) -> None:
        self.connected.clear()
        await self._send({"op": INVALID, "d": is_resumable})

    async def drop(self) -> None:
        """Cut the line without a word."""
        self.connected.clear()
        if self._socket is not None and self._socket._req is not None:
            transport = self._socket._req.transport
            if transport is not None:
                transport.abort()

    async def close(self, code: int) -> None:
        self.connected.clear()
        if self._socket is not None:
            await self._socket.close(code=code)

    # --- the connection -----------------------------------------------------------------------

    async def serve(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        self._socket = socket
        await self._send({"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_ms}})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._take(json.loads(message.data))
        if self._socket is socket:
            self.connected.clear()
        return socket

    async def _take(self, payload: dict[str, Any]) -> None:
        op, data = payload["op"], payload.get("d")
        self.received.append(op)
        if op == HEARTBEAT:
            await self._send({"op": ACK})
        elif op == IDENTIFY:
            await self._identify(data)
        elif op == RESUME:
            await self._resume(data)

    async def _identify(self, data: dict[str, Any]) -> None:
        assert self._socket is not None
        self.intents = data["intents"]
        if self.close_code_at_identify:
            await self._socket.close(code=self.close_code_at_identify)
        elif data["token"] != self.token:
            await self._socket.close(code=4004)
        elif data["intents"] & PRIVILEGED:
            await self._socket.close(code=4014)
        else:
            self._sessions += 1
            self._session = Session(f"session-{self._sessions}")
            more = {"session_id": self._session.id, "resume_gateway_url": self.url}
            self.connected.set()
            await self.dispatch("READY", {**self.ready, **more})
            for event, event_data in self.first_events:
                await self.dispatch(event, event_data)

    async def _resume(self, data: dict[str, Any]) -> None:
        session = self._session
        if session is None or data["session_id"] != session.id or self.refuse_resume:
            self._session = None
            await self._send({"op": INVALID, "d": False})
            return
        self.connected.set()
        for payload in session.events[data["seq"] :]:
            await self._send(payload)
        await self.dispatch("RESUMED", {})

    async def _send(self, payload: dict[str, Any]) -> None:
        if self._socket is not None and not self._socket.closed:
            with contextlib.suppress(ConnectionError):
                await self._socket.send_str(json.dumps(payload))
