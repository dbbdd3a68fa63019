"""No page, route or component asks for the current snapshot by itself: `as_of` would be half honoured."""

from __future__ import annotations

import ast

import pytest

from tests.house.code import ROOT, python_files, tree

PRESENT = {
    "dashapp/web/asof.py": "decides which snapshot a request reads",
    "dashapp/web/timetravel.py": "names the current one in the list to choose from",
    "dashapp/web/shell.py": "tells whether a newer snapshot was published",
    "dashapp/web/routes/health.py": "tells whether the service can answer",
    "dashapp/web/pages/data.py": "is_now: what is loaded and run",
    "dashapp/web/pages/quality_issue.py": "is_now: what is worked on",
    "dashapp/web/components/quality_words.py": "is_now: what an issue is worth beside the present sales",
    "dashapp/web/components/run_page.py": "is_now: what a run did",
    "dashapp/services/import_desk.py": "is_now: whose data a new file is added to",
}
"Who may ask for the present, with the reason; services get a snapshot handed down."
ROOMS = ("dashapp/web", "dashapp/services", "dashapp/charts")


def _asks_for_the_present(module: ast.Module) -> bool:
    """True for `<anything>.current()` on something called snapshots, whatever stands before it."""
    calls = (node.func for node in ast.walk(module) if isinstance(node, ast.Call))
    owners = (func.value for func in calls if isinstance(func, ast.Attribute) and func.attr == "current")
    return any("snapshots" in ast.unparse(owner).lower() for owner in owners)


@pytest.mark.slow
def test_only_what_shows_the_present_asks_for_the_current_snapshot() -> None:
    names = {file: str(file.relative_to(ROOT)) for file in python_files()}
    found = {name for file, name in names.items() if name.startswith(ROOMS) and _asks_for_the_present(tree(file))}
    assert found == set(PRESENT)
