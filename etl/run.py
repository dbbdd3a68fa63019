"""One build: what every step of it needs to know, and what its snapshot says of itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dashapp.domain.validity import Verdict
from dashapp.settings import Settings
from dashapp.store.facts import Facts
from etl.key import code_version
from etl.lake import Lake
from etl.progress import Progress
from etl.work import STATEMENTS, Connection, Policy

Clock = Callable[[], datetime]
CATEGORY_DAYS = "select 1 from marts.sales_choices where category is not null limit 1"


@dataclass(frozen=True, slots=True)
class Run:
    """What every step of one build needs to know."""

    settings: Settings
    progress: Progress
    clock: Clock
    lake: Lake
    policy: Policy
    key: str
    "Hash of everything the content depends on."


def facts_of(connection: Connection, seq: int, run: Run, verdict: Verdict) -> Facts:
    """The facts of the snapshot number `seq` that this build makes."""
    observed, inputs, model = (
        connection.execute(f"select * from {query}").fetchall()[0]
        for query in ("staging.observation", "staging.inputs", "meta.models where target = 'purchases'")
    )
    settings, feed = run.settings, run.lake.feed
    assert feed is not None
    return Facts(
        snapshot_id=f"{seq:06d}-{run.key[:8]}",
        seq=seq,
        built_at=run.policy.started_at,
        observed_from=observed[0],
        observed_until=observed[1],
        source=feed.source,
        is_demo=feed.demo,
        shop_name=settings.shop_name or feed.shop.name,
        currency=settings.currency or feed.shop.currency,
        horizon_days=settings.horizon_days,
        annual_discount_rate=settings.annual_discount_rate,
        gross_margin=settings.gross_margin,
        model=model[1],
        validity=verdict.state.value,
        validity_reason=verdict.sentence,
        has_costs=inputs[0],
        has_spend=inputs[1],
        has_events=inputs[2],
        has_contracts=inputs[3],
        has_orders=inputs[4],
        has_category_days=bool(connection.execute(CATEGORY_DAYS).fetchall()),
        policy=json.dumps(run.policy.counting() | {"links": len(run.policy.links), "statements": STATEMENTS}),
        build_key=run.key,
        code_version=code_version(),
    )
