"""Rules in SQL: they choose the customers their words say, values are bound, and any field and operator runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from dashapp.domain.filters import Filters
from dashapp.domain.rule_fields import BETWEEN, FIELDS, OPERATORS
from dashapp.domain.rules import Rule, Rules
from dashapp.settings import Settings
from dashapp.store.query import PARAMETER
from dashapp.store.rules import condition
from dashapp.store.snapshot import Snapshot, Snapshots
from tests.domain.test_rules import samples


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


@pytest.fixture(scope="module")
def people(snapshot: Snapshot) -> pd.DataFrame:
    return pd.DataFrame(snapshot._rows("select * from marts.customers", {})).set_index("customer_key")


CASES: list[tuple[str, Callable[[pd.DataFrame], Any]]] = [
    ("country~is~France,Germany", lambda c: c.country.isin(["France", "Germany"])),
    ("country~is_not~France", lambda c: c.country != "France"),
    ("country~contains~AN", lambda c: c.country.str.contains("an", case=False)),
    ("order_count~at_least~3;net_sales~at_most~500", lambda c: (c.order_count >= 3) & (c.net_sales <= 500)),
    ("order_count~at_least~5!segment~is~New", lambda c: (c.order_count >= 5) | (c.segment == "New")),
    ("days_since_last_order~between~30,90", lambda c: c.days_since_last_order.between(30, 90)),
    ("p_alive~at_least~0.5;risk_band~is~low", lambda c: (c.p_alive >= 0.5) & (c.risk_band == "low")),
    ("cohort_month~at_least~2024-06", lambda c: pd.to_datetime(c.cohort_month) >= "2024-06-01"),
    ("fm_score~at_least~4;r_score~at_most~2",
     lambda c: ((c.f_score.astype(int) + c.m_score + 1) // 2 >= 4) & (c.r_score <= 2)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_rules_choose_the_customers_their_words_say(
    snapshot: Snapshot, people: pd.DataFrame, text: str, expected: Callable[[pd.DataFrame], Any]
) -> None:
    chosen = people[expected(people)]
    assert 0 < len(chosen) < len(people)
    assert set(snapshot.base(Filters(saved=(text,)))["customer_key"]) == set(chosen.index)


@pytest.mark.parametrize("how", ["is", "is_not"])
def test_what_was_ever_bought_and_never(snapshot: Snapshot, how: str) -> None:
    bought = snapshot.base(Filters(category=("Home",)))
    found = snapshot.base(Filters(saved=(f"category~{how}~Home",)))
    assert (set(found["customer_key"]) == set(bought["customer_key"])) == (how == "is")
    assert len(found) == len(bought) if how == "is" else len(found) + len(bought) == len(snapshot.base())


IN_SPRING = "order_date between date '2024-03-01' and date '2024-05-31'"
DONE = {
    "bought_in": ("", f"select customer_key from marts.customer_days where is_purchase and {IN_SPRING}"),
    "product_in": ("{product}", f"select customer_key from lines where kind = 'sale' and {IN_SPRING}"),
    "category_in": ("Home", f"""select customer_key from marts.order_lines join marts.products using (product_key)
                                where category = 'Home' and kind = 'sale' and {IN_SPRING}"""),
    "returned_in": ("{product}", f"select customer_key from lines where kind = 'return' and {IN_SPRING}"),
    "refunded_in": ("", """select customer_key from marts.refunds
                           where refund_date between date '2024-03-01' and date '2024-05-31'"""),
    "started_with": ("{product}", """select customer_key from lines join marts.customers using (customer_key)
                                     where kind = 'sale' and order_date = first_order_date"""),
}  # fmt: skip


@pytest.mark.parametrize("name", list(DONE))
def test_who_did_something_within_days_is_who_has_such_lines(snapshot: Snapshot, name: str) -> None:
    """Of the product that most often came back; whoever is not among them never did it within these days."""
    thing, asked = DONE[name]
    best = snapshot._rows(
        f"""select product_id, product_key from marts.order_lines join marts.products using (product_key)
            where kind = 'return' and customer_key is not null and {IN_SPRING}
            group by all order by count(*) desc""", {},
    )[0]  # fmt: skip
    lines = "(select * from marts.order_lines where product_key = $key)"
    sql = f"select distinct customer_key from ({asked.replace('lines', lines, 1) if 'from lines' in asked else asked})"
    given = {"key": best["product_key"]} if "from lines" in asked else {}
    did = {row["customer_key"] for row in snapshot._rows(f"{sql} where customer_key is not null", given)}
    span = "" if name == "started_with" else "2024-03-01 2024-05-31 "
    text = f"{name}~{{}}~{span}{thing.format(product=best['product_id'])}".strip()
    found = {how: set(snapshot.base(Filters(saved=(text.format(how),)))["customer_key"]) for how in ("is", "is_not")}
    assert found["is"] == did != set()
    assert not found["is"] & found["is_not"]
    assert len(found["is"]) + len(found["is_not"]) == len(snapshot.base())


@pytest.mark.parametrize("name", ["bought_in", "category_in", "refunded_in"])
def test_a_relative_span_ends_where_the_data_do(snapshot: Snapshot, name: str) -> None:
    thing = "Home" if name == "category_in" else ""
    days = Filters(range="l90d").period(snapshot.facts.observed_until)
    spans = ("l90d", f"{days.start} {days.end}")
    relative, fixed = (snapshot.base(Filters(saved=(f"{name}~is~{span} {thing}",))) for span in spans)
    assert set(relative["customer_key"]) == set(fixed["customer_key"]) != set()


def test_who_moved_is_chosen_as_the_movement_counts_them(snapshot: Snapshot) -> None:
    days = [day.date() for day in snapshot.frame("segment_days")["as_of"].iloc[[4, 0]]]
    moves = snapshot.frame("segment_moves", from_day=days[0], to_day=days[1])
    assert moves["customers"].sum() == len(snapshot.base())
    assert len(moves) > 20
    for move in moves.sample(12, random_state=1).itertuples():
        text = f"segment_on~is~{days[0]} {move.from_segment};segment_on~is~{days[1]} {move.to_segment}"
        assert len(snapshot.base(Filters(saved=(text,)))) == move.customers, text


def test_saved_segments_add_up_and_narrow_with_the_rest_of_the_bar(snapshot: Snapshot, people: pd.DataFrame) -> None:
    view = Filters(saved=("segment~is~Loyal", "segment~is~Champions"), country=("France",))
    expected = people[people.segment.isin(["Loyal", "Champions"]) & (people.country == "France")]
    assert set(snapshot.base(view)["customer_key"]) == set(expected.index)


def test_every_field_and_operator_runs_and_no_value_is_in_the_text(snapshot: Snapshot) -> None:
    attack = ("x') or 1=1 --", "y")
    for name, field in FIELDS.items():
        for operator in OPERATORS[field.kind]:
            given = samples(field, attack)
            rules = Rules(((Rule(name, operator, given if operator == BETWEEN else given[:1]),),))
            sql, values = condition(rules, "c.", "w", snapshot.facts.observed_until)
            assert "1=1" not in sql
            assert set(values) == set(PARAMETER.findall(sql))
            snapshot.base(Filters(saved=(rules.text,)))
