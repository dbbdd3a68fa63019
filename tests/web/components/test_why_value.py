"""Why this value: parts to the cent, a spend nobody knows yet, and nothing where no money may be shown."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from plotly.utils import PlotlyJSONEncoder

from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots
from dashapp.web.components import why_value
from dashapp.web.pages import customer


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def test_every_customers_parts_add_up_to_the_published_value_to_the_cent(snapshot: Snapshot) -> None:
    customers = snapshot._rows("select customer_key, clv from marts.customers", {})
    assert len(customers) > 300
    for known in customers[::7]:
        why = snapshot.row("customer_value_reasons", customer_key=known["customer_key"])
        parts = why_value.amounts(known, why)
        assert set(parts) == {"average", "frequency", "recency_days", "T_days", "monetary_value"}
        assert round(sum(parts.values()), 2) == round(known["clv"], 2)
        assert all(abs(parts[name] - why[name]) < 0.0100001 for name in parts if name != "average")


def test_the_average_customer_is_counted_from_the_base(snapshot: Snapshot) -> None:
    why = snapshot.row("customer_value_reasons", customer_key=1)
    mean = snapshot._rows(
        """select round(avg(frequency)) as f, round(avg(T_days)) as t,
               avg(monetary_value) filter (where frequency > 0) as m
           from marts.customers""", {}
    )[0]  # fmt: skip
    assert (why["average_frequency"], why["average_T_days"]) == (mean["f"], mean["t"])
    assert why["average_monetary_value"] == pytest.approx(mean["m"])


def test_who_never_came_back_has_no_spend_to_compare(snapshot: Snapshot) -> None:
    known = snapshot._rows("select * from marts.customers where frequency = 0 limit 1", {})[0]
    why = snapshot.row("customer_value_reasons", customer_key=known["customer_key"])
    told = json.dumps(why_value.card(known, why, snapshot.facts), cls=PlotlyJSONEncoder)
    assert "Mean spend per repeat purchase day: not known yet" in told


def test_without_a_value_there_is_nothing_to_explain(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    known = snapshot.row("customer_profile", customer="1", contact=False)
    why = snapshot.row("customer_value_reasons", customer_key=1)
    assert why_value.card(known, {}, snapshot.facts) == ""
    assert why_value.card(known | {"clv": None}, why, snapshot.facts) == ""
    assert customer._why(snapshot, known, 1) != ""
    monkeypatch.setattr(snapshot, "facts", replace(snapshot.facts, validity="not_valid"))
    assert customer._why(snapshot, known, 1) == ""
