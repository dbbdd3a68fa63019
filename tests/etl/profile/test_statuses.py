"""A shop's own statuses are asked one by one; those its system knows, and other files, ask nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.etl.exports import woo_order, woo_per_item, woo_per_order
from tests.etl.profile.filing import keys, profiled, question


@pytest.mark.parametrize("layout", [woo_per_item, woo_per_order])
def test_each_status_of_the_shops_own_is_asked_with_what_an_answer_says_to_the_source(tmp_path: Path, layout) -> None:
    orders = [woo_order(str(n), "10.00", status=status) for n, status in enumerate(["wc-Printed", "printed", "failed"])]
    found = profiled(tmp_path, layout(*orders))
    asked = question(found, "status.printed")
    assert [key for key in keys(found) if key.startswith("status.")] == ["status.printed"]
    assert asked.sentence.startswith("2 rows have the status 'printed'")
    assert [option.sets for option in asked.options] == [
        {"count": ["completed", "processing", "refunded", "printed"]},
        {"leave": ["printed"]},
    ]


def test_more_texts_than_a_shop_has_statuses_are_not_asked(tmp_path: Path) -> None:
    found = profiled(tmp_path, woo_per_item(*[woo_order(str(n), "10.00", status=f"s{n}") for n in range(13)]))
    assert not any(key.startswith("status.") for key in keys(found))
