"""What the lists of customers and products say about themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from dashapp.services import export_products, exports
from dashapp.web.components import customer_grid, product_grid
from dashapp.written import held


@pytest.mark.parametrize(
    ("columns", "meanings"),
    [(customer_grid.COLUMNS, exports.COLUMNS), (product_grid.COLUMNS, export_products.COLUMNS)],
    ids=["customers", "products"],
)
def test_every_column_one_can_see_says_at_its_title_what_it_says_in_the_file(
    columns: Sequence[dict[str, Any]], meanings: dict[str, str]
) -> None:
    never_shown = [one["field"] for one in columns if one.get("hide") and one.get("lockVisible")]
    told = {one["field"]: one.get("headerTooltip") for one in columns if one["field"] not in never_shown}
    assert told == {field: held(meanings[field]) for field in told}
