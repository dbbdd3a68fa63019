"""What the house tests read: every Python and SQL file of the product."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("dashapp", "etl")


def python_files() -> list[Path]:
    """Every module of the product, tests and benchmarks left out."""
    files = [ROOT / "app.py"]
    for package in PACKAGES:
        files += sorted((ROOT / package).rglob("*.py"))
    return [file for file in files if "migrations/versions" not in file.as_posix()]


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Function:
    """A function with its own length in lines, docstring and inner functions not counted twice."""

    file: str
    name: str
    lines: int


def functions() -> Iterator[Function]:
    for file in python_files():
        for node in ast.walk(tree(file)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield Function(str(file.relative_to(ROOT)), node.name, _length(node))


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    end = node.end_lineno or node.lineno
    docstring = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
    text = (docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0
    return end - node.lineno + 1 - text
