"""Dependencies fall one way (the contracts in pyproject.toml), without cycles, and the web stays light."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import grimp
import pytest

from tests.house.code import PACKAGES, ROOT

HEAVY = ("scipy", "lifetimes", "sklearn", "lightgbm", "kaleido", "matplotlib", "autograd")


def _strongly_connected(graph: grimp.ImportGraph) -> Iterator[tuple[str, str]]:
    for module in sorted(graph.modules):
        for imported in graph.find_modules_directly_imported_by(module):
            if graph.find_shortest_chain(imported, module):
                yield module, imported


def test_no_import_cycle() -> None:
    graph = grimp.build_graph(*PACKAGES)
    assert not list(_strongly_connected(graph))


@pytest.mark.slow
def test_a_web_worker_imports_no_science_and_no_renderer() -> None:
    program = (
        "import sys; import dashapp.web.factory as f; from dashapp import discovery; "
        "import dashapp.web.pages as p, dashapp.web.routes as r; discovery.modules(p); discovery.modules(r); "
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_pages_do_not_import_each_other() -> None:
    graph = grimp.build_graph("dashapp")
    pages = graph.find_children("dashapp.web.pages")
    assert not [(a, b) for a in pages for b in graph.find_modules_directly_imported_by(a) if b in pages]
