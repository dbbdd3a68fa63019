from __future__ import annotations

from pathlib import Path

import pytest

from etl.rule import rules

GOOD = {"title": "t", "dimension": "conformity", "severity": "warn", "table": "staging.x", "help": "h"}


def written(folder: Path, sql: str = "select 1 as a", **head: str):
    lines = [f"-- {key}: {value}" for key, value in (GOOD | head).items() if value]
    (folder / "my_rule.sql").write_text("\n".join([*lines, sql]))
    return rules(folder)[0]


@pytest.mark.parametrize(
    ("severity", "action", "hours"), [("stop", "block", 4), ("warn", "flag", 72), ("info", "flag", 336)]
)
def test_what_the_header_leaves_open_follows_from_the_severity(tmp_path: Path, severity: str, action: str, hours: int):
    rule = written(tmp_path, severity=severity)
    assert (rule.check_id, rule.owner, rule.action, rule.sla_hours) == ("my_rule", "data operator", action, hours)


def test_the_header_says_otherwise(tmp_path: Path):
    rule = written(tmp_path, owner="buying", sla_hours="12", action="quarantine")
    assert (rule.owner, rule.sla_hours, rule.action, rule.sql) == ("buying", 12, "quarantine", "select 1 as a")


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ({"severity": "bad"}, "severity one of"),
        ({"title": ""}, "lacks title"),
        ({"ownr": "me"}, "knows no ownr"),
        ({"action": "block"}, "block exactly where"),
        ({"severity": "stop", "action": "flag"}, "block exactly where"),
        ({"sla_hours": "soon"}, "whole number"),
        ({"fail_at": "0 %"}, "above zero"),
    ],
)
def test_an_unusable_header_is_refused_by_the_name_of_the_file(tmp_path: Path, head: dict[str, str], said: str):
    with pytest.raises(ValueError, match=rf"my_rule\.sql: .*{said}"):
        written(tmp_path, **head)


@pytest.mark.parametrize(
    ("head", "offending", "status"),
    [
        ({}, 0, "passed"),
        ({}, 1, "failed"),
        ({"fail_at": "5"}, 4, "passed"),
        ({"fail_at": "5"}, 5, "failed"),
        ({"warn_at": "2", "fail_at": "5"}, 1, "passed"),
        ({"warn_at": "2", "fail_at": "5"}, 4, "warning"),
        ({"warn_at": "2"}, 1000, "warning"),
        ({"warn_at": "0.1 %", "fail_at": "0.7 %"}, 0, "passed"),
        ({"warn_at": "0.1 %", "fail_at": "0.7 %"}, 6, "warning"),
        ({"warn_at": "0.1 %", "fail_at": "0.7%"}, 7, "failed"),  # of 1000 rows, exactly: 0.7 has no binary fraction
    ],
)
def test_a_rule_below_its_threshold_is_passed_or_warned(tmp_path: Path, head: dict, offending: int, status: str):
    assert written(tmp_path, **head).status(offending, 1000) == status
