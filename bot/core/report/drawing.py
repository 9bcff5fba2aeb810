"""Charts as pictures, drawn in a process of their own; without the extra `[charts]`, none."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import structlog

from bot.core.report.charts import Chart

log = structlog.get_logger(__name__)

Theme = Literal["light", "dark", "page"]
HOW_TO_GET = "pip install 'reelbank[charts]'"

_PATIENCE_S = 60.0
_ROOT = str(Path(__file__).parents[3])
# -P and a path of our own: what lies in the current folder must not be imported.
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); from bot.core.report.worker import main; main()"
)
_one_at_a_time = threading.BoundedSemaphore(1)


@cache
def is_available() -> bool:
    """Tell whether the extra `[charts]` is installed."""
    return all(find_spec(name) is not None for name in ("altair", "vl_convert"))


def draw(
    charts: Sequence[Chart], *, form: Literal["png", "svg"], theme: Theme, locale: str = "en"
) -> list[bytes]:
    """Draw charts; blocks for about a second, so call it in a thread.

    Returns:
        A picture per chart; none at all where the extra is missing, or drawing failed (which is
        logged): whoever shows them has the numbers in words as well.
    """
    if not charts or not is_available():
        return []
    job = {
        "charts": [asdict(chart) for chart in charts],
        "form": form,
        "theme": theme,
        "locale": locale,
    }
    with _one_at_a_time:
        return _run(json.dumps(job))


def _run(job: str) -> list[bytes]:
    try:
        done = subprocess.run(  # noqa: S603  our own program; what people wrote goes by stdin
            [sys.executable, "-P", "-c", _PROGRAM, _ROOT],
            input=job.encode(),
            capture_output=True,
            timeout=_PATIENCE_S,
            check=True,
        )
        return [base64.b64decode(one) for one in json.loads(done.stdout)]
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        # The type alone: a message may quote what was drawn.
        log.warning("charts_not_drawn", error=type(error).__name__)
        return []
