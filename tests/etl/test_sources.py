"""Every source is found, asks for what it needs, and delivers the same files for the same request."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from dashapp.errors import SourceError
from etl import load, source
from etl.entities import ENTITIES
from etl.simulation import DEFECTS
from tests.etl import exports
from tests.etl.loading import NOW, Heard, accepted, adds_up, settings_in


def run(tmp_path: Path, name: str, path: Path | None = None, **options: str):
    return load.load(name, path, options, settings_in(tmp_path), Heard(), now=NOW)


def test_the_sources_are_found_by_their_files():
    found = source.sources()
    assert list(found) == [
        "cdnow",
        "csv_folder",
        "entity_file",
        "online_retail",
        "postgres",
        "pushed",
        "sample",
        "shopify",
        "stripe",
        "woocommerce",
    ]
    assert {name for name, item in found.items() if item.demo} == {"cdnow", "sample"}
    assert all(item.help for item in found.values())


def test_an_unknown_source_is_answered_with_the_known_ones(tmp_path: Path):
    with pytest.raises(SourceError) as caught:
        run(tmp_path, "magento")
    assert caught.value.hint == f"Known sources: {', '.join(source.sources())}."


@pytest.mark.parametrize(
    ("names", "name"),
    [
        (exports.SHOPIFY_HEADER, "shopify"),
        ((*exports.WOO_HEADER, "line_items"), "woocommerce"),
        (exports.STRIPE_HEADER, "stripe"),
        (("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"),
         "online_retail"),
        (("order_id", "ordered_at", "quantity", "unit_price"), None),
    ],
)  # fmt: skip
def test_a_header_tells_its_source_to_one_only(names: tuple[str, ...], name: str | None):
    found = source.recognised(names)
    assert (found.name if found else None) == name
    assert sum(bool(item.recognises and item.recognises(names)) for item in source.sources().values()) == (
        name is not None
    )


def test_an_unknown_option_is_answered_with_the_nearest_known_one(tmp_path: Path):
    with pytest.raises(SourceError, match="unknown key 'custommers'") as caught:
        run(tmp_path, "sample", custommers="5")
    assert caught.value.hint == "Did you mean 'customers'?"


@pytest.mark.parametrize("name", ["csv_folder", "online_retail"])
def test_a_source_of_files_needs_a_path_that_exists(tmp_path: Path, name: str):
    with pytest.raises(SourceError, match="needs a path"):
        run(tmp_path, name)
    with pytest.raises(SourceError, match="does not exist"):
        run(tmp_path, name, tmp_path / "nowhere")


def test_cdnow_sample_has_the_published_counts(tmp_path: Path):
    lake = run(tmp_path, "cdnow", sample="true")
    facts = "count(*), count(DISTINCT customer_id), min(ordered_at)::DATE::VARCHAR, max(ordered_at)::DATE::VARCHAR"
    assert _total(lake, facts) == (6919, 2357, "1997-01-01", "1998-06-30")
    assert lake.feed.policy == {"zero_price_is_purchase": True}
    assert (lake.feed.shop.currency, lake.feed.demo) == ("USD", True)


def test_cdnow_has_every_purchase_and_dollar_the_free_ones_included(tmp_path: Path):
    lake = run(tmp_path, "cdnow")
    facts = "count(*), count(DISTINCT customer_id), count(*) FILTER (unit_price = 0), sum(quantity * unit_price)"
    assert _total(lake, facts) == (69_659, 23_570, 80, Decimal("2500315.63"))
    assert _total(lake, "count(DISTINCT (customer_id, ordered_at::DATE))") == (67_591,)
    assert lake.batches[0].rejected_lines == 0


def test_the_sample_shop_delivers_every_entity_of_a_shop_and_its_planted_defects(tmp_path: Path):
    lake = run(tmp_path, "sample", customers="150", months="12")
    assert {batch.entity for batch in lake.batches} == set(ENTITIES) - {
        "contracts",
        "customer_summaries",
    }  # nobody subscribes
    assert all(adds_up(batch) for batch in lake.batches)
    planted = [reason for _, reason in DEFECTS if reason]
    assert sorted(lake.batches[0].reasons) == sorted(planted)
    assert _total(lake, "count(*) FILTER (unit_price < 0), count(*) FILTER (customer_id IS NULL)") == (1, 1)
    assert _total(lake, "max(ordered_at) < TIMESTAMP '2025-07-01'") == (True,)


def test_the_sample_shop_is_the_same_for_the_same_seed_only(tmp_path: Path):
    ids = [
        [batch.batch_id for batch in run(tmp_path / str(n), "sample", customers="60", months="6", seed=seed).batches]
        for n, seed in enumerate(("1", "1", "2"))
    ]
    assert ids[0] == ids[1]
    assert ids[0][0] != ids[2][0]


def _total(lake, facts: str) -> tuple:
    return accepted(lake, facts, order="")[0]
