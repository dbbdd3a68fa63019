"""What a job's process says becomes progress, log and ending; nonsense becomes a log line."""

from __future__ import annotations

import json

from dashapp.services.report import LINES_LIMIT, Report


def _said(*events: object) -> list[tuple[str, str]]:
    return [("out", event if isinstance(event, str) else json.dumps(event)) for event in events]


def test_fractions_of_steps_become_one_that_never_goes_back() -> None:
    report = Report(("load", "publish"))
    seen = []
    for step, fraction in (
        ("load", 0.5),
        ("load", 1.0),
        ("publish", 0.0),
        ("publish", 2.0),
        ("load", 0.1),
        ("publish", "x"),
    ):
        report.take(_said({"event": "step", "step": step, "fraction": fraction}))
        seen.append(report.progress.fraction)
    assert seen == [0.25, 0.5, 0.5, 1.0, 1.0, 1.0]


def test_what_is_not_an_event_is_a_line_of_the_log() -> None:
    report = Report()
    report.take(
        [*_said("hello", "[1]", "[" * 100_000, {"event": 3}, {"event": "note", "message": "a\x1b[31m"}), ("err", "{}")]
    )
    first, lines = report.fresh_lines()
    assert first == 1
    assert lines == ["hello", "[1]", "[" * 2000, '{"event": 3}', "a[31m", "{}"]


def test_an_event_on_standard_error_is_not_believed() -> None:
    report = Report()
    report.take([("err", json.dumps({"event": "done"}))])
    assert report.ending(0).state == "failed"


def test_the_log_ends_where_it_is_full() -> None:
    report = Report()
    report.take(_said(*["x"] * (LINES_LIMIT + 10)))
    _, lines = report.fresh_lines()
    assert len(lines) == LINES_LIMIT
    assert lines[-1] == "The log is full; what follows is not kept."
    report.kept(len(lines))
    report.take(_said("x"))
    assert report.fresh_lines() == (LINES_LIMIT + 1, [])


def test_an_ending_needs_both_the_word_and_the_exit_code() -> None:
    done = {"event": "done", "snapshot_id": "000001-ab"}
    error = {"event": "error", "error": "QualityStop", "message": "A check failed.", "hint": "Look."}
    endings = {}
    for name, event, code in (
        ("done", done, 0),
        ("done, but", done, 1),
        ("error", error, 3),
        ("silent", "", 0),
        ("oom", "", 137),
    ):
        report = Report()
        report.take(_said(event))
        endings[name] = report.ending(code)
    assert (endings["done"].state, endings["done"].result) == ("done", {"snapshot_id": "000001-ab"})
    assert [endings[name].state for name in ("done, but", "error", "silent", "oom")] == ["failed"] * 4
    assert (endings["error"].message, endings["error"].hint) == ("A check failed.", "Look.")
    assert "memory" in endings["oom"].hint


def test_a_failed_run_keeps_the_steps_it_took() -> None:
    report = Report()
    report.take(_said({"event": "error", "message": "A check failed.", "run": {"seconds": 3.0, "steps": []}}))
    assert report.ending(3).result == {"run": {"seconds": 3.0, "steps": []}}
