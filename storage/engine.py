"""One writer thread, a few reader threads, and the decorators that send SQL to them.

A subject's methods are plain SQL in a sync function; `@reads`, `@writes` and `@alters` turn them
into coroutines. A write that was handed over runs to its end, whether or not anybody still waits.
"""

from __future__ import annotations

import asyncio
import functools
import sqlite3
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Concatenate, ParamSpec, TypeVar

from storage.connection import connect
from storage.errors import StoreError, StoreLocked, from_sqlite
from storage.rows import Write
from storage.tx import Tx

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="Subject")
READERS = 3


class _Job:
    """A write on its way to the writer thread; may be given up until it has begun."""

    def __init__(self, run: Callable[[sqlite3.Connection], Any], deadline: float | None) -> None:
        self.run = run
        self.deadline = deadline  # by time.monotonic()
        self.done: Future[Any] = Future()
        self._lock = threading.Lock()
        self._state = "queued"

    def begin(self) -> bool:
        """Take it up, unless it was given up before."""
        return self._move("running")

    def give_up(self) -> bool:
        """Drop it, unless it has begun: then its end must be awaited."""
        return self._move("dropped")

    def _move(self, state: str) -> bool:
        with self._lock:
            if self._state != "queued":
                return False
            self._state = state
            return True


class Engine:
    """Owns the threads and their connections to one file."""

    def __init__(self, path: Path, *, durable: bool, busy_timeout_s: float) -> None:
        self.path = path
        self.durable = durable
        self.busy_timeout_s = busy_timeout_s
        self.is_closed = False
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._writer = threading.Thread(target=self._write_all, name="store-writer", daemon=True)
        self._writer.start()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._open_lock = threading.Lock()

    def close(self) -> None:
        """Finish what was handed over, then close every connection."""
        if self.is_closed:
            return
        self.is_closed = True
        self._queue.put(None)
        self._writer.join()
        self._readers.shutdown(wait=True)
        for connection in self._open:
            connection.close()
        self._open.clear()

    def connection(self) -> sqlite3.Connection:
        """Open a reading connection that the caller closes (exports, chunks of vectors)."""
        return connect(
            self.path,
            durable=self.durable,
            busy_timeout_s=self.busy_timeout_s,
            read_only=True,
        )

    async def read(self, run: Callable[[sqlite3.Connection], R]) -> R:
        """Run a read on a reader thread."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, run)

    async def write(
        self, run: Callable[[sqlite3.Connection], R], timeout_s: float | None = None
    ) -> R:
        """Run a write on the writer thread.

        Args:
            run: what to do; it begins and ends its own transaction.
            timeout_s: give up after so long; by default it waits its turn.

        Raises:
            StoreLocked: the turn did not come in time; the write has and will have no effect.
        """
        if self.is_closed:
            msg = "The store is closed."
            raise StoreError(msg)
        job = _Job(run, None if timeout_s is None else time.monotonic() + timeout_s)
        self._queue.put(job)
        waiting = asyncio.wrap_future(job.done)
        # shield: a cancelled waiter must not take the write with it
        if timeout_s is not None:
            await asyncio.wait({waiting}, timeout=timeout_s)
            if not waiting.done() and job.give_up():
                raise StoreLocked(self.path)
        result: R = await asyncio.shield(waiting)
        return result

    def _read(self, run: Callable[[sqlite3.Connection], R]) -> R:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        with translated(self.path):
            if connection is None:
                connection = self.connection()
                self._local.connection = connection
                with self._open_lock:
                    self._open.append(connection)
            return run(connection)

    def _write_all(self) -> None:
        connection: sqlite3.Connection | None = None
        while (job := self._queue.get()) is not None:
            if not job.begin() or not job.done.set_running_or_notify_cancel():
                continue
            try:
                with translated(self.path):
                    if connection is None:
                        connection = connect(
                            self.path, durable=self.durable, busy_timeout_s=self.busy_timeout_s
                        )
                    result = self._run(connection, job)
            except BaseException as error:  # noqa: BLE001 - handed to whoever waits
                job.done.set_exception(error)
            else:
                job.done.set_result(result)
        if connection is not None:
            connection.close()

    def _run(self, connection: sqlite3.Connection, job: _Job) -> Any:
        if job.deadline is None:
            return job.run(connection)
        left_ms = int((job.deadline - time.monotonic()) * 1000)
        connection.execute(f"PRAGMA busy_timeout={max(1, left_ms)}")
        try:
            return job.run(connection)
        finally:
            connection.execute(f"PRAGMA busy_timeout={int(self.busy_timeout_s * 1000)}")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours; those that are mistakes of ours pass through."""
    try:
        yield
    except sqlite3.Error as error:
        ours = from_sqlite(error, path)
        if ours is None:
            raise
        raise ours from error


@contextmanager
def immediate(connection: sqlite3.Connection) -> Iterator[None]:
    """Run a transaction that takes the write lock first, so that two processes never collide."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # a full disk or a failed read ends the transaction by itself
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


class Subject:
    """One subject of the store: its methods are the only SQL about it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine


def reads(
    method: Callable[Concatenate[S, sqlite3.Connection, P], R],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, R]]:
    """Make a coroutine of a method that only reads."""

    @functools.wraps(method)
    async def wrapper(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return await self.engine.read(lambda cx: method(self, cx, *args, **kwargs))

    wrapper.__dict__["kind"] = "reads"
    return wrapper


def writes(
    method: Callable[Concatenate[S, Tx, P], R],
) -> Callable[Concatenate[S, Write, P], Coroutine[Any, Any, R]]:
    """Make a coroutine of a method that writes on somebody's behalf: its first argument is `w`."""

    @functools.wraps(method)
    async def wrapper(self: S, w: Write, /, *args: P.args, **kwargs: P.kwargs) -> R:
        def run(connection: sqlite3.Connection) -> R:
            with immediate(connection):
                tx = Tx(connection, w)
                tx.begin()
                result = method(self, tx, *args, **kwargs)
                tx.end()
            return result

        return await self.engine.write(run)

    wrapper.__dict__["kind"] = "writes"
    return wrapper


def alters(
    method: Callable[Concatenate[S, Tx, P], R],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, R]]:
    """Make a coroutine of a method that writes for the program itself (queues, leases)."""

    @functools.wraps(method)
    async def wrapper(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        def run(connection: sqlite3.Connection) -> R:
            with immediate(connection):
                tx = Tx(connection, None)
                result = method(self, tx, *args, **kwargs)
                tx.end()
            return result

        return await self.engine.write(run)

    wrapper.__dict__["kind"] = "alters"
    return wrapper
