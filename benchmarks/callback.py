"""The Overview's redraw on the server against its own questions asked bare, on Online Retail II (a million lines).

Both in one process: `overview.show` for a view that was never asked for, with its outputs as JSON, and the SQL it asked
with the same values, fetched and thrown away, one after the other. Without the 2 ms that a request may cost around it
(session, rights, routing), the redraw may take one and a half times its questions; asked again, a tenth of them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from plotly.io.json import to_json_plotly

from benchmarks.harness import Benchmark, Measured, Promise, interleaved
from benchmarks.redraw import prepared
from dashapp.domain.filters import Filters
from dashapp.store.memory import Memory
from dashapp.store.snapshot import Snapshot, Snapshots
from dashapp.web.pages import overview

REQUEST_SECONDS = 0.002
VIEW = Filters(range="all")


def run(n: int) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        settings, source = prepared(Path(folder))
        snapshot = Snapshots(settings).current()
        remembering = Memory()
        questions = _questions(snapshot)

        def shown(memory: Memory) -> Callable[[], str]:
            def show() -> str:
                snapshot.memory = memory
                return str(to_json_plotly(overview.show(snapshot, VIEW)))

            return show

        arms = {"questions": lambda: _ask(snapshot, questions), "redraw": shown(Memory(0)), "again": shown(remembering)}
        for arm in arms.values():
            arm()
        seconds, results = interleaved(arms, dict.fromkeys(arms, n))
    bare = seconds["questions"]
    promises = (
        Promise("redraw without 2 ms to its bare questions", (seconds["redraw"] - REQUEST_SECONDS) / bare, 1.5, False),
        Promise("redraw asked again to its bare questions", seconds["again"] / bare, 0.1, False),
    )
    named = {f"{name} ({source}, {len(questions)} questions)": value for name, value in seconds.items()}
    return Measured(n, named, promises, {"answers": float(results["redraw"] != results["again"])})


def _questions(snapshot: Snapshot) -> list[tuple[str, dict[str, Any]]]:
    """The SQL and values of one redraw."""
    asked: list[tuple[str, dict[str, Any]]] = []
    framed, rows = snapshot._framed, snapshot._rows

    def overhear(answer: Callable[..., Any]) -> Callable[..., Any]:
        def listening(sql: str, values: dict[str, Any], *rest: Any) -> Any:
            asked.append((sql, values))
            return answer(sql, values, *rest)

        return listening

    snapshot.memory = Memory(0)
    snapshot._framed, snapshot._rows = overhear(framed), overhear(rows)  # type: ignore[method-assign]
    overview.show(snapshot, VIEW)
    del snapshot._framed, snapshot._rows
    return asked


def _ask(snapshot: Snapshot, questions: list[tuple[str, dict[str, Any]]]) -> int:
    with snapshot._cursor() as cursor:
        return sum(len(cursor.execute(sql, values).fetchall()) for sql, values in questions)


BENCHMARK = Benchmark("callback", "a redraw of the Overview on the server against its bare questions", 15, run)
