"""The present base counted beforehand is the customers grouped now."""

from __future__ import annotations

import pandas as pd

from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshots

LIVE = """
    select
        country, channel, segment, r_score, cast(ceil((f_score + m_score) / 2.0) as tinyint) as fm_score,
        count(*) as customers, sum(days_since_last_order) as days_since_last_order, sum(clv) as clv
    from marts.customers
    group by 1, 2, 3, 4, 5
    order by 1, 2, 3, 4, 5"""


def test_the_groups_of_the_base_are_the_customers_grouped_live(sample_warehouse: Settings) -> None:
    snapshot = Snapshots(sample_warehouse).current()
    live = pd.DataFrame(snapshot._rows(LIVE, {}))
    kept = pd.DataFrame(snapshot._rows(f"select {', '.join(live)} from marts.base_groups order by 1, 2, 3, 4, 5", {}))
    assert len(kept) > 20
    pd.testing.assert_frame_equal(kept, live, check_dtype=False, rtol=1e-9)
