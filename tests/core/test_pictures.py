"""What is kept of a picture: what is seen on it, and nothing else."""

from __future__ import annotations

import io
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.core.pictures import KEPT_BYTES, LONGEST_SIDE, clean_picture, kind_of
from tests.fakes.pictures import PLACE, bomb, drawing, photo, webp_bomb


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_nothing_but_the_pixels_is_kept(kind: str) -> None:
    data = photo(kind=kind)
    assert PLACE in data

    kept = clean_picture(data)

    assert kept is not None
    assert kept.media_type in {"image/png", "image/jpeg"}
    assert kind_of(kept.content) == kept.media_type
    assert PLACE not in kept.content
    with Image.open(io.BytesIO(kept.content)) as seen:
        assert seen.size == (320, 200)
        assert not seen.getexif()
        assert set(seen.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_photo_taken_upright_stays_upright() -> None:
    kept = clean_picture(photo((320, 200), orientation=6))

    assert kept is not None
    with Image.open(io.BytesIO(kept.content)) as seen:
        assert seen.size == (200, 320)


def test_a_large_photo_becomes_small() -> None:
    kept = clean_picture(photo((4000, 3000)))

    assert kept is not None
    assert len(kept.content) < KEPT_BYTES
    with Image.open(io.BytesIO(kept.content)) as seen:
        assert max(seen.size) == LONGEST_SIDE


def test_see_through_parts_stay() -> None:
    kept = clean_picture(drawing())

    assert kept is not None
    with Image.open(io.BytesIO(kept.content)) as seen:
        assert seen.mode == "RGBA"


@pytest.mark.parametrize("data", [bomb(), webp_bomb()], ids=["png", "webp"])
def test_a_bomb_is_refused_before_it_is_decoded(data: bytes) -> None:
    clean_picture(drawing())  # the library loads
    tracemalloc.start()

    assert clean_picture(data) is None
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 20_000_000


@pytest.mark.parametrize(
    "data",
    [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF\x00\x00\x00\x00WEBP",
     b"%PDF-1.7",
     b"<svg xmlns='http://www.w3.org/2000/svg'/>", drawing()[:60], photo()[:200]],
)  # fmt: skip
def test_what_is_no_picture_is_none(data: bytes) -> None:
    assert clean_picture(data) is None


@given(at=st.integers(8, 400), value=st.binary(min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_a_damaged_picture_never_raises(at: int, value: bytes) -> None:
    for data in (photo((60, 40)), photo((60, 40), "WEBP"), photo((60, 40), "GIF"), drawing()):
        clean_picture(data[:at] + value + data[at + len(value) :])


LARGE = """
import io
from pathlib import Path
from PIL import Image
from bot.core.pictures import clean_picture
out = io.BytesIO()
Image.new("RGBA", (7000, 7000)).save(out, "PNG")
assert clean_picture(out.getvalue()) is not None
# ru_maxrss would count the test runner's own memory, which a child inherits until it starts
status = Path("/proc/self/status").read_text().splitlines()
print(next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024)
"""


def test_the_largest_picture_is_not_copied_whole_again_and_again() -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("a process's peak of memory is read from /proc")
    done = subprocess.run([sys.executable, "-c", LARGE], capture_output=True, text=True, check=True)

    # 200 MB for the pixels, as much again for the decoder's and the first smaller copy
    assert int(done.stdout) < 550
