"""The validity gate: one planted failure per rule, and what follows from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashapp.domain.model import Status
from dashapp.domain.validity import RULES, Evidence, Thresholds, Validity, judge

GOOD = Evidence(
    customers=4000,
    repeaters=1500,
    observed_days=1095,
    horizon_days=365,
    new_customers_per_day=4.0,
    new_repeaters_per_day=2.0,
    purchases_status=Status.CONVERGED,
    spend_status=Status.CONVERGED,
    at_bound=False,
    correlation=0.05,
    gini=0.6,
    total_error=0.04,
    coverage_error=0.01,
)
PLANTED = [
    ({"customers": 499}, "enough_customers", Validity.NOT_VALID),
    ({"repeaters": 99}, "enough_repeaters", Validity.NOT_VALID),
    ({"observed_days": 179, "horizon_days": 30}, "enough_days", Validity.NOT_VALID),
    ({"observed_days": 729}, "enough_horizons", Validity.RANKING_ONLY),
    ({"purchases_status": Status.NOT_CONVERGED}, "models_fitted", Validity.NOT_VALID),
    ({"spend_status": None}, "models_fitted", Validity.NOT_VALID),
    ({"at_bound": True}, "parameters_determined", Validity.RANKING_ONLY),
    ({"spend_status": Status.REGULARISED}, "parameters_determined", Validity.RANKING_ONLY),
    ({"purchases_status": Status.FALLBACK}, "parameters_determined", Validity.RANKING_ONLY),
    ({"correlation": -0.31}, "spend_independent", Validity.RANKING_ONLY),
    ({"correlation": None}, "spend_independent", Validity.RANKING_ONLY),
    ({"gini": -0.4}, "ranking_right", Validity.NOT_VALID),
    ({"gini": 0.09}, "ranking_right", Validity.NOT_VALID),
    ({"gini": None}, "ranking_right", Validity.RANKING_ONLY),
    ({"total_error": 0.21}, "total_right", Validity.RANKING_ONLY),
    ({"total_error": None}, "total_right", Validity.RANKING_ONLY),
    ({"coverage_error": 0.06}, "intervals_honest", Validity.RANKING_ONLY),
    ({"coverage_error": float("nan")}, "intervals_honest", Validity.RANKING_ONLY),
]


def test_good_evidence_is_valid() -> None:
    verdict = judge(GOOD)
    assert verdict.state is Validity.VALID
    assert len(verdict.findings) == len(RULES)
    assert all(finding.passed and finding.sentence for finding in verdict.findings)


@pytest.mark.parametrize(("planted", "rule", "state"), PLANTED, ids=lambda item: str(item))
def test_one_planted_failure_flips_the_verdict(planted: dict[str, object], rule: str, state: Validity) -> None:
    verdict = judge(replace(GOOD, **planted))  # type: ignore[arg-type]
    assert verdict.state is state
    assert [finding.rule for finding in verdict.findings if not finding.passed] == [rule]
    assert verdict.sentence == next(finding.sentence for finding in verdict.findings if finding.rule == rule)


def test_every_rule_has_a_planted_failure() -> None:
    assert {rule for _, rule, _ in PLANTED} == {finding.rule for finding in judge(GOOD).findings}


def test_the_worst_failure_decides_and_is_what_is_told() -> None:
    verdict = judge(replace(GOOD, customers=10, correlation=0.9))
    assert verdict.state is Validity.NOT_VALID
    assert "500 are needed" in verdict.sentence
    assert "correlate" not in verdict.sentence


def test_thresholds_are_the_installation_s() -> None:
    few = replace(GOOD, customers=60)
    assert judge(few).state is Validity.NOT_VALID
    assert judge(few, Thresholds(min_customers=50)).state is Validity.VALID


def test_what_grows_says_when_there_will_be_enough() -> None:
    by_rule = {item.rule: item for item in judge(replace(GOOD, customers=400, observed_days=100)).findings}
    assert by_rule["enough_customers"].days_until == 25
    assert by_rule["enough_days"].days_until == 80
    assert by_rule["enough_horizons"].days_until == 630
    nobody_comes = judge(replace(GOOD, customers=400, new_customers_per_day=0.0))
    assert nobody_comes.findings[0].days_until is None
