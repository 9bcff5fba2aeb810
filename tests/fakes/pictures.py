"""Pictures as cameras and tools write them, and broken ones."""

from __future__ import annotations

import io

from PIL import Image

PLACE = b"zqplacemark"
"""Stands in what a camera notes beside the picture."""


def photo(size: tuple[int, int] = (320, 200), kind: str = "JPEG", *, orientation: int = 1) -> bytes:
    """Make a picture with a place, a serial number and a comment in it."""
    image = Image.new("RGB", size, (180, 60, 20))
    image.paste((20, 60, 180), (0, 0, size[0] // 2, size[1] // 2))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = PLACE.decode()  # artist
    exif.get_ifd(0x8825)[1] = PLACE.decode()  # GPS
    out = io.BytesIO()
    more = {"comment": PLACE} if kind in {"JPEG", "GIF"} else {}
    image.save(out, kind, exif=exif, **more)
    return out.getvalue() + PLACE  # some tools go on behind the end


def drawing(size: tuple[int, int] = (120, 80)) -> bytes:
    """Make a PNG with see-through parts."""
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    image.paste((200, 0, 0, 255), (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def bomb() -> bytes:
    """Make a small file that announces 900 million pixels."""
    data = bytearray(drawing())
    at = data.index(b"IHDR") + 4
    data[at : at + 8] = (30_000).to_bytes(4, "big") * 2
    import zlib

    data[at + 13 : at + 17] = zlib.crc32(data[at - 4 : at + 13]).to_bytes(4, "big")
    return bytes(data)


def webp_bomb() -> bytes:
    """Make a WebP of thirty bytes that announces 268 million pixels."""
    size = (16_383).to_bytes(3, "little")
    chunk = b"VP8X" + (10).to_bytes(4, "little") + b"\x00" * 4 + size * 2
    return b"RIFF" + (len(chunk) + 4).to_bytes(4, "little") + b"WEBP" + chunk
