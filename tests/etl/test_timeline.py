from __future__ import annotations

from etl.progress import Silent
from etl.timeline import Timeline


def test_a_step_lasts_until_the_next_one_speaks_and_the_last_to_the_end() -> None:
    moments = iter([100.0, 100.5, 102.0, 103.25, 109.0])
    run = Timeline(Silent(), lambda: next(moments))
    run.step("load", 0.0, "Reading orders.csv")
    run.step("load", 0.5, "Reading products.csv")
    run.step("check", 1.0, "37 rules")
    assert run.to_dict() == {
        "seconds": 9.0,
        "steps": [
            {"name": "load", "started": 0.5, "ended": 3.25, "message": "Reading products.csv"},
            {"name": "check", "started": 3.25, "ended": 9.0, "message": "37 rules"},
        ],
    }
