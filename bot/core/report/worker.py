"""The drawing process: reads charts as JSON from stdin, writes pictures as JSON to stdout.

vl-convert holds Python's lock while it draws, and its JavaScript takes 150 MB: in a process of
its own it keeps nobody waiting, and the memory is given back.
"""

from __future__ import annotations

import base64
import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import vl_convert

from bot.core.report.specs import spec_of

SCALES = (1.8, 1.4, 1.0)
"""Pixels per point, the finest first; a picture that gets too large takes the next."""

LARGEST_BYTES = 290_000
FONT_PACKAGE = "noto_cjk_sans_otc"
_FAMILIES = {"zh": "SC", "ja": "JP", "ko": "KR"}


def font_of(locale: str) -> str:
    """Name the fonts: one that draws Chinese, Japanese and Korean first, then what there is."""
    script = _FAMILIES.get(locale.partition("-")[0], "JP")
    return f"Noto Sans CJK {script}, sans-serif"


def register_fonts() -> None:
    """Make the fonts known that come along as a package; a server often has none."""
    found = find_spec(FONT_PACKAGE)
    if found is not None and found.origin is not None:
        vl_convert.register_font_directory(str(Path(found.origin).parent))


def picture(chart: dict[str, Any], job: dict[str, str]) -> bytes:
    """Draw one chart as PNG or SVG; reads nothing from anywhere."""
    spec = spec_of(chart, job["theme"], font_of(job["locale"]))
    if job["form"] == "svg":
        return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]).encode()
    drawn = b""
    for scale in SCALES:
        drawn = vl_convert.vegalite_to_png(spec, scale=scale, allowed_base_urls=[])
        if len(drawn) <= LARGEST_BYTES:
            break
    return drawn


def main() -> None:
    """Draw what stdin asks for."""
    job = json.load(sys.stdin)
    register_fonts()
    drawn = [picture(chart, job) for chart in job["charts"]]
    json.dump([base64.b64encode(one).decode() for one in drawn], sys.stdout)


if __name__ == "__main__":
    main()
