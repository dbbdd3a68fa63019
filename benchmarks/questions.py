"""Every question a page asks and every key figure, unfiltered, on one snapshot: processor time, the slowest first.

Processor time of all threads, the best of three, because it does not move with the neighbours of the machine; what a
reader waits for is less where a question runs on two threads. The bare scan of the days of the customers stands beside.
Without a data folder a shop of `n` lines is made and refreshed first.

    TENURE_DATA_DIR=… python -m benchmarks.questions [--repeats 3] [--filters]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from dashapp import settings
from dashapp.domain.filters import Filters
from dashapp.store import metrics, query
from dashapp.store.memory import Memory
from dashapp.store.snapshot import Snapshot, Snapshots
from tests.store.test_questions import GIVEN, KEYS

GOAL_MS, TREND_MS = 100, 150
SCAN = "select sum(net_sales), sum(orders) from marts.customer_days"
VIEWS = {
    "default": Filters(),
    "all": Filters(range="all"),
    "channel": Filters(channel=("Social",)),
    "country": Filters(country=("Germany",)),
    "segment": Filters(segment=("Loyal",)),
    "category": Filters(category=("Category 03",)),
}
TRENDS = ("channel", "country", "segment", "category")


def asked(snapshot: Snapshot, view: Filters) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Name and call of every question and key figure."""
    for name in query.names():
        bound = GIVEN.get(name, {}) | {
            key: value for key, value in KEYS.items() if key in query.PARAMETER.findall(query.find(name).sql)
        }
        yield name, partial(snapshot.frame, name, view, **bound)
    for name in metrics.names():
        yield f"= {name}", partial(snapshot.metric, name, view)


def milliseconds(call: Callable[[], Any], repeats: int) -> float:
    """The least processor time of some calls."""
    found = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        found.append(time.process_time() - start)
    return min(found) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.questions", description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--live", action="store_true", help="Ask also what the snapshot has an answer to")
    parser.add_argument("--view", choices=list(VIEWS), default="default")
    parser.add_argument("--least", type=float, default=GOAL_MS / 2, help="Leave out what takes less, ms")
    chosen = parser.parse_args()
    snapshot = Snapshots(settings.load()).current()
    snapshot.memory, snapshot._timeout_seconds = Memory(0), 600.0
    if chosen.live:
        snapshot._kept = {}
    scan = milliseconds(partial(snapshot._rows, SCAN, {}), chosen.repeats)
    took = {name: milliseconds(call, chosen.repeats) for name, call in asked(snapshot, VIEWS[chosen.view])}
    slowest = sorted(took.items(), key=lambda item: -item[1])
    for name, cost in slowest:
        if cost >= chosen.least:
            print(f"  {name:28} {cost:8.0f} ms {cost / scan:8.1f} scans")
    over = sum(cost > GOAL_MS for cost in took.values())
    p95 = sorted(took.values())[int(0.95 * len(took))]
    print(f"{len(took)} questions and figures, {over} over {GOAL_MS} ms, p95 {p95:.0f} ms; a bare scan {scan:.0f} ms")
    for name in TRENDS:
        cost = milliseconds(partial(snapshot.frame, "revenue_trend", VIEWS[name], grain="month"), chosen.repeats)
        print(f"  trend by {name:20} {cost:8.0f} ms (goal {TREND_MS})")


if __name__ == "__main__":
    main()
