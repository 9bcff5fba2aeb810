"""The log as a file: CSV to read, JSON Lines with all that the hash chain is made of."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from bot.core.export_guard import guarded, moment
from bot.core.model import File
from storage import AuditFilter, AuditRow, Store
from storage.connection import micros, to_json

if TYPE_CHECKING:
    from bot.core.services import Services

FORMATS: Mapping[str, str] = {"csv": "text/csv", "jsonl": "application/x-ndjson"}
COLUMNS = ("bank", "seq", "at", "at_us", "actor", "name", "action", "subject", "details", "hash")


async def audit_file(
    services: Services, bank_id: int, wanted: AuditFilter, form: str
) -> tuple[File, int]:
    """Write a bank's log to a temporary file; gives it with how many rows it holds."""
    names = await services.store.audit.names(bank_id)
    path, count = await asyncio.to_thread(_written, services.store, bank_id, wanted, form, names)
    return File(f"log.{form}", str(path), FORMATS[form]), count


def _written(
    store: Store, bank_id: int, wanted: AuditFilter, form: str, names: Mapping[int, str]
) -> tuple[Path, int]:
    handle, name = tempfile.mkstemp(prefix="reelbank-", suffix=f".{form}")
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            return path, write_audit(store, bank_id, out, form=form, names=names, wanted=wanted)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def write_audit(
    store: Store,
    bank_id: int,
    out: BinaryIO,
    *,
    form: str,
    names: Mapping[int, str],
    wanted: AuditFilter,
) -> int:
    """Write a bank's log, oldest first, to an open stream; gives how many rows. Blocks.

    `name` is what the actor is called now and no part of the chain. Authors who acted on their own
    ideas are named in no row. A row's hash is SHA-256 over the hash of the row before and the JSON
    list of bank, seq, at_us, actor, action, subject, details: anybody can work it out again.
    """
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    write = csv.writer(text)
    count = 0
    if form == "csv":
        write.writerow(COLUMNS)
    for row in store.audit.scan(bank_id, wanted):
        values = _values(row, names)
        if form == "csv":
            write.writerow([guarded(v) if isinstance(v, str) else v for v in values])
        else:
            text.write(json.dumps(dict(zip(COLUMNS, values, strict=True)), ensure_ascii=False))
            text.write("\n")
        count += 1
    text.detach()
    return count


def _values(row: AuditRow, names: Mapping[int, str]) -> tuple[str | int | None, ...]:
    return (
        row.bank_id,
        row.seq,
        moment(row.at),
        micros(row.at),
        row.actor_id,
        names.get(row.actor_id or 0, ""),
        row.action,
        row.subject,
        to_json(dict(row.details)),
        row.hash,
    )
