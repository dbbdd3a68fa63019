"""What lies in a package or folder is found in order, and a broken module is never swallowed."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from dashapp import discovery


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "found_here"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.startswith("found_here")]:
        del sys.modules[name]


def test_modules_come_sorted(package: Path) -> None:
    for name in ("b", "a"):
        (package / f"{name}.py").touch()
    assert [m.__name__ for m in discovery.modules(importlib.import_module("found_here"))] == [
        "found_here.a",
        "found_here.b",
    ]


def test_a_module_that_cannot_be_imported_stops_everything(package: Path) -> None:
    (package / "broken.py").write_text("import nothing_of_that_name")
    with pytest.raises(ModuleNotFoundError):
        discovery.modules(importlib.import_module("found_here"))


def test_documents_are_found_by_suffix_and_stem(tmp_path: Path) -> None:
    for name in ("b.sql", "a.sql", "c.txt"):
        (tmp_path / name).touch()
    assert list(discovery.documents(tmp_path)) == ["a", "b"]
