"""/reconciliation on a real snapshot: the verdict, the clock and the currency are stated, the choice moves refunds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots
from dashapp.web.pages import data, reconciliation


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def text(part: Any) -> str:
    return json.dumps(part, cls=PlotlyJSONEncoder, default=str, ensure_ascii=False)


def test_the_page_says_that_it_closes_in_which_currency_and_by_which_clock(snapshot: Snapshot) -> None:
    verdict, listed, *_ = reconciliation.show(snapshot, "refund")
    for words in ("0 lines, 0.00", snapshot.facts.currency, "no zone is on record", "without a cost"):
        assert words in text(verdict)
    assert "nan" not in text(listed).lower()
    assert "<NA>" not in text(listed)
    assert "Every step closes" in text(listed)


def test_the_choice_redraws_net_sales_by_month(snapshot: Snapshot) -> None:
    by_refund, by_order = (reconciliation.show(snapshot, dated)[-4:] for dated in (None, "order"))
    assert by_refund[-1].startswith("Refunds count in the month of the refund.")
    assert by_order[-1].startswith("Refunds count in the month of the order.")
    assert text(by_refund[0]) != text(by_order[0])
    assert by_refund[2].split('"caption"')[0] == by_order[2].split('"caption"')[0]


def test_the_data_page_leads_there() -> None:
    assert "href='/reconciliation'" in text(data.layout())
