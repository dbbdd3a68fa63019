"""Adding a page, metric, query, chart, source, table, check, model, baseline, route, job or command is one file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.house.additions import FILES, USE, content
from tests.house.code import ROOT

pytestmark = pytest.mark.slow
LINES = sum(len(range(1, 3 + who % 25, 1 + who % 3)) for who in range(40))


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the product says after one file of each kind was added to a copy of it."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ("dashapp", "etl", "assets"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in FILES.items():
        assert not (copy / name).exists()
        (copy / name).write_text(content(text))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TENURE_")} | {
        "TENURE_DATA_DIR": str(copy / "data")
    }
    _run(copy, environment, "-m", "etl", "refresh", "--source", "toy")
    said: dict[str, Any] = json.loads(_run(copy, environment, "-c", content(USE)).splitlines()[-1])
    return said


def _run(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("query", LINES),
        ("metric", LINES),
        ("check", True),
        ("chart", f"{LINES} lines."),
        ("model", "twin"),
        ("baseline", "Nothing"),
        ("page", [302, 200, f"{LINES} lines."]),
        ("route", "pong"),
        ("api", [{"toys": 3}, True]),
        ("job", "Nap"),
        ("command", "hello yourself"),
    ],
)
def test_one_file_is_enough(used: dict[str, Any], kind: str, expected: object) -> None:
    assert used[kind] == expected
