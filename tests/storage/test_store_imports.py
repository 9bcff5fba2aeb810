from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import storage

FOLDER = Path(storage.__file__).parent


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_storage_imports_nothing_of_ours() -> None:
    files = list(FOLDER.rglob("*.py"))
    assert len(files) > 30
    for file in files:
        assert not imported(file) & {"bot", "prompts"}, file.name


def test_an_open_store_needs_no_migrations_loaded(tmp_path: Path) -> None:
    path = tmp_path / "reelbank.db"
    storage.Store.open(path).close()
    code = (
        "import sys; from pathlib import Path; from storage import Store; "
        "Store.open(Path(sys.argv[1])).close(); "
        "print([m for m in ('sqlite_utils', 'storage.migrations') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True, text=True, check=True, cwd=FOLDER.parent,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
