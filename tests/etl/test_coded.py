"""Texts as numbers on their way to Python: the same rows as without, in a known order."""

from __future__ import annotations

import duckdb
import pandas as pd

from etl.coded import coded

SHOP = """
    select * from (values (3, 'Söder', 2.0), (1, 'Web', 1.0), (4, null, 0.5), (2, 'Söder', 4.0), (5, 'Äther', 3.0))
        as shop (customer_key, channel, amount)"""


def test_the_rows_are_the_same_in_order_and_texts_are_told_once() -> None:
    with duckdb.connect() as connection:
        found = coded(connection, SHOP, ("channel",), "customer_key")
        plain = connection.execute(f"{SHOP} order by customer_key").df()
        again = coded(connection, "select 1 as customer_key, 'another' as channel", ("channel",), "customer_key")
    assert isinstance(found["channel"].dtype, pd.CategoricalDtype)
    assert list(found["channel"].cat.categories) == ["Söder", "Web", "Äther"]
    pd.testing.assert_frame_equal(found.assign(channel=found["channel"].astype("str")), plain)
    assert list(again["channel"]) == ["another"]
