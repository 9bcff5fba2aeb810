import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tagging import find_embedder
from bot.tagging.embedder import EmbedderBroken, MiniLM, weights_path
from bot.tagging.wordpiece import WordPiece
from tests.tagging.conftest import DATA


def test_wordpiece_gives_the_ids_of_the_reference_tokeniser():
    pieces = WordPiece()

    for text, ids in json.loads((DATA / "wordpiece.json").read_text(encoding="utf-8")):
        assert pieces.encode(text) == ids, text


@given(st.text(max_size=2000))
def test_any_text_becomes_bounded_ids(text):
    ids = WordPiece_.encode(text)

    assert ids[0] == 101
    assert ids[-1] == 102
    assert len(ids) <= 256


WordPiece_ = WordPiece()


def test_vectors_are_normalised_and_do_not_depend_on_the_batch(embedder):
    texts = ["short", "a much longer text about farmers and their cows in the rain", "", "日本語"]

    rows = embedder.encode(texts)

    assert rows.shape == (4, 384)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-4)
    alone = np.vstack([embedder.encode([text]) for text in texts])
    # int8 activations are scaled per batch, so padding moves the last digits
    assert (rows * alone).sum(axis=1).min() > 0.98


def test_meaning_beats_wording(embedder):
    dog, puppy, tax = embedder.encode(["walking the dog", "a stroll with my puppy", "file the tax"])

    assert dog @ puppy > dog @ tax + 0.2


def test_weights_that_differ_are_never_loaded(tmp_path):
    changed = bytearray(weights_path().read_bytes())
    changed[1000] ^= 1
    path = tmp_path / "model.onnx"
    path.write_bytes(changed)

    found = find_embedder(path)

    assert (found.embedder, found.reason) == (None, "differs")


def test_missing_weights_say_so(tmp_path):
    assert find_embedder(tmp_path / "nothing.onnx").reason == "missing"


def test_weights_the_runtime_refuses_raise_one_error_of_ours():
    with pytest.raises(EmbedderBroken):
        MiniLM(b"not a model").encode(["x"])
