"""SQL comes from files or constants; what a reader typed never becomes part of its text."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.code import ROOT, python_files, tree

DECIDE_TEXT_FROM_ENUMS = {
    "dashapp/store/facts.py": "names the fields of a dataclass",
    "dashapp/store/state.py": "names constant pragmas",
}
"Modules that may build SQL text for a reader's request, with the reason."

RUNNERS = {"execute", "executemany", "sql", "query"}


def _built(argument: ast.expr) -> bool:
    """True for text put together at run time: f-strings with values, %, +, .format()."""
    if isinstance(argument, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in argument.values)
    if isinstance(argument, ast.BinOp):
        return True
    return isinstance(argument, ast.Call) and getattr(argument.func, "attr", "") == "format"


def _built_sql(file: Path) -> list[str]:
    calls = [node for node in ast.walk(tree(file)) if isinstance(node, ast.Call) and node.args]
    return [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for call in calls
        if getattr(call.func, "attr", "") in RUNNERS and _built(call.args[0])
    ]


@pytest.mark.slow
def test_no_web_service_or_chart_builds_sql_from_text() -> None:
    rooms = ("dashapp/web", "dashapp/services", "dashapp/charts", "dashapp/domain", "dashapp/commands")
    files = [file for file in python_files() if str(file.relative_to(ROOT)).startswith(rooms)]
    assert not [place for file in files for place in _built_sql(file)]


def test_the_store_builds_sql_only_where_the_text_comes_from_enums() -> None:
    files = [file for file in python_files() if str(file.relative_to(ROOT)).startswith("dashapp/store")]
    found = [place for file in files for place in _built_sql(file)]
    assert not [place for place in found if place.split(":")[0] not in DECIDE_TEXT_FROM_ENUMS]


@pytest.mark.parametrize("file", python_files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_nobody_calls_fetchone(file: Path) -> None:
    """A fetchone leaves a DuckDB 2 connection busy (design.md 10.2)."""
    assert not [n for n in ast.walk(tree(file)) if isinstance(n, ast.Attribute) and n.attr == "fetchone"]


@pytest.mark.slow
def test_only_the_store_and_the_etl_open_a_database() -> None:
    outside = [
        str(file.relative_to(ROOT))
        for file in python_files()
        if not str(file.relative_to(ROOT)).startswith(("dashapp/store", "etl"))
        and any(
            isinstance(node, (ast.Import, ast.ImportFrom))
            and any(name.split(".")[0] in {"duckdb", "sqlite3", "psycopg"} for name in _imported(node))
            for node in ast.walk(tree(file))
        )
    ]
    assert not outside


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
