"""The command line in this process: a data folder of its own, the compiled knowledge shared."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.root import root
from tests.fakes.command_line import Reelbank


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile the knowledge once; every data folder of these tests links to it."""
    from bot.market import Market

    folder = tmp_path_factory.mktemp("compiled")
    Market.load(cache_dir=folder)
    return folder


@pytest.fixture
def data_dir(tmp_path: Path, compiled: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "cache").symlink_to(compiled)
    monkeypatch.setenv("REELBANK_DATA_DIR", str(folder))
    monkeypatch.setenv("USER", "kim")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def reelbank(data_dir: Path) -> Reelbank:
    runner = CliRunner()

    def run(*arguments: str, input: str | bytes | None = None) -> Result:
        result = runner.invoke(root, arguments, input=input, prog_name="reelbank")
        assert result.exception is None or isinstance(result.exception, SystemExit), (
            result.exception
        )
        return result

    return run
