"""Pictures as they are kept: small, drawn anew, and without what a camera writes into them.

What members hand in is decoded and encoded again, so that nothing of the original file is passed
on: no place of the shot, no serial number of the camera, no bytes behind the picture.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_SIDE = 1600
"""Pixels of the longer side of a kept picture: more than any card shows."""

KEPT_BYTES = 2 << 20
_SHARP_BYTES = 400_000
"""A drawing or screenshot up to this stays PNG; what takes more is a photo and becomes JPEG."""

MOST_PIXELS = 50_000_000
"""Pixels that are decoded at most: phones take 50 million. The memory is four bytes for each."""

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_QUALITIES = (85, 70, 50)


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A picture fit to be kept."""

    media_type: str  # image/png or image/jpeg
    content: bytes


def kind_of(data: bytes) -> str:
    """Tell by its first bytes which picture this is, as a media type; "" for none that we know."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return ""


def clean_picture(data: bytes) -> CleanPicture | None:
    """Draw a picture anew; of an animation the first frame. None for what is no picture. Blocks.

    The announced size is checked before anything is decoded: a few bytes can announce gigabytes.
    """
    kind = kind_of(data)
    if not kind or (kind == "image/webp" and _webp_pixels(data) > MOST_PIXELS):
        return None
    from PIL import Image  # noqa: PLC0415  only who sends a picture pays for it

    # The check is ours: the library's own warns only from twice as much.
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return None
            return _encoded(_drawn(opened))
    except Exception:  # noqa: BLE001  whatever a broken file makes a decoder raise: it is no picture
        return None


def _drawn(opened: Image) -> Image:
    """Give the pixels upright, no larger than needed, as RGB or RGBA."""
    from PIL import Image, ImageOps  # noqa: PLC0415

    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is decoded at a fraction
    has_alpha = opened.has_transparency_data
    mode = "RGBA" if has_alpha else "RGB"
    # Made small first: every copy of 50 million pixels takes 200 MB.
    small = opened if opened.mode == mode else opened.convert(mode)
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    upright = ImageOps.exif_transpose(small)
    # A new picture holds the pixels and nothing else: no comment, no profile, no place.
    clean = Image.new(upright.mode, upright.size)
    clean.paste(upright)
    if opened.format == "JPEG":
        clean.format = "JPEG"
    return clean


def _encoded(image: Image) -> CleanPicture | None:
    if image.format != "JPEG":
        drawn = _saved(image, "PNG", optimize=True)
        if len(drawn) <= (KEPT_BYTES if image.mode == "RGBA" else _SHARP_BYTES):
            return CleanPicture("image/png", drawn)
    for quality in _QUALITIES:
        drawn = _saved(_opaque(image), "JPEG", quality=quality, optimize=True)
        if len(drawn) <= KEPT_BYTES:
            return CleanPicture("image/jpeg", drawn)
    return None


def _saved(image: Image, kind: str, **how: bool | int) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def _opaque(image: Image) -> Image:
    """Put a picture with see-through parts on white."""
    from PIL import Image  # noqa: PLC0415

    if image.mode == "RGB":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _webp_pixels(data: bytes) -> int:
    """Read the size from a WebP header: its decoder takes the memory as soon as it is opened."""
    head = data[12:30].ljust(18, b"\x00")
    if head[:4] == b"VP8X":
        return _sized(head[12:15], head[15:18])
    if head[:4] == b"VP8L":
        bits = int.from_bytes(head[9:13], "little")
        return ((bits & 0x3FFF) + 1) * ((bits >> 14 & 0x3FFF) + 1)
    return (int.from_bytes(head[14:16], "little") & 0x3FFF) * (
        int.from_bytes(head[16:18], "little") & 0x3FFF
    )


def _sized(width: bytes, height: bytes) -> int:
    return (int.from_bytes(width, "little") + 1) * (int.from_bytes(height, "little") + 1)
