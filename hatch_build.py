"""Puts the compiled market knowledge into the wheel, so that a first start need not compile it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledKnowledge(BuildHookInterface):  # type: ignore[type-arg]  # the hook has no settings
    """Compiles the facts; a checkout, where they may change at any time, gets nothing."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile into a folder of its own and have it taken into the wheel."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        try:
            from bot.market.compiling import BUILT, write_built  # noqa: PLC0415  needs the path
        finally:
            sys.path.remove(self.root)
        self._folder = tempfile.TemporaryDirectory()
        made = Path(self._folder.name) / BUILT.name
        write_built(made)
        build_data["force_include"][str(made)] = f"bot/market/{BUILT.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take the folder away again."""
        del build_data, artifact_path
        if version != "editable":
            self._folder.cleanup()
