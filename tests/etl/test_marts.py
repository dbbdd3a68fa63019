"""A shop of ten orders, small enough to be counted by hand; the comments say where each expected number comes from."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from dashapp.domain.listing import Listing
from dashapp.domain.vocabulary import SEGMENTS, CustomerState
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshots
from etl.tables import all_tables
from tests.etl.conftest import Ask, Refresh, order_lines

ORDERS = order_lines(
    # Ann: two orders on one day are one purchase; a return nets the purchase before it; postage is money, not goods.
    ("o1", "2024-01-01 09:00", "ann", "cup", 2, 10),
    ("o1", "2024-01-01 09:00", "ann", "pen", 1, 5),
    ("o2", "2024-01-01 17:00", "ann", "cup", 1, 10),
    ("o3", "2024-01-11 10:00", "ann", "cup", 3, 10),
    ("r3", "2024-01-13 10:00", "ann", "cup", -1, 10),
    ("o4", "2024-02-10 10:00", "ann", "pen", 4, 5),
    ("o4", "2024-02-10 10:00", "ann", "post", 1, 3),
    # Ben: one purchase, wholly returned.
    ("o5", "2024-02-20 10:00", "ben", "cup", 1, 10),
    ("r5", "2024-02-21 10:00", "ben", "cup", -1, 10),
    # Cid only returns, Dot only pays a charge: no purchase.
    ("r6", "2024-01-15 10:00", "cid", "pen", -1, 5),
    ("c7", "2024-01-20 10:00", "dot", "POST", 1, 3),
    # Eve: a gift (price zero) between two purchases is no purchase.
    ("o8", "2024-01-05 10:00", "eve", "pen", 2, 5),
    ("g8", "2024-01-20 10:00", "eve", "cup", 1, 0),
    ("o9", "2024-03-01 10:00", "eve", "cup", 1, 10),
    # Nobody: counts in sales, not among customers.
    ("o0", "2024-02-29 10:00", None, "cup", 2, 10),
)
SUMMARY = """
    select customer_id, first_order_date, last_order_date, order_count, purchase_days, return_count, gross_sales,
        returns, net_sales, frequency, recency_days, T_days, monetary_value, days_since_last_order, customer_state
    from marts.customers order by customer_id"""


def test_customers_by_hand(refresh: Refresh, ask: Ask):
    refresh(order_lines=ORDERS)
    ann, ben, eve = ask(SUMMARY)
    # Gaps between purchase days: ann 10 and 30, eve 56: 90 % of gaps do not exceed 56, so nobody is late.
    # Ann's repeat purchases: 30-10 and 20+3, mean 21.50; observed until 1 March, 60 days after 1 January.
    assert ann == (
        "ann", date(2024, 1, 1), date(2024, 2, 10), 4, 3, 1, Decimal("88.00"), Decimal("10.00"), Decimal("78.00"),
        2, 40, 60, 21.5, 20, "active",
    )  # fmt: skip
    assert ben == (
        "ben", date(2024, 2, 20), date(2024, 2, 20), 1, 1, 1, Decimal("10.00"), Decimal("10.00"), Decimal("0.00"),
        0, 0, 10, 0.0, 10, "new",
    )  # fmt: skip
    assert eve == (
        "eve", date(2024, 1, 5), date(2024, 3, 1), 2, 2, 0, Decimal("20.00"), Decimal("0.00"), Decimal("20.00"),
        1, 56, 56, 10.0, 0, "active",
    )  # fmt: skip


def test_everybody_without_a_purchase_is_listed_with_the_reason(refresh: Refresh, ask: Ask):
    refresh(order_lines=ORDERS, customers=pd.DataFrame({"customer_id": ["ann", "fay"]}))
    assert dict(ask("select customer_id, reason from quality.unscored_customers where customer_id not in "
                    "(select customer_id from marts.customers)")) == {
        "cid": "only returns, no purchase",
        "dot": "only charges or adjustments, no purchase",
        "fay": "no order lines",
    }  # fmt: skip


def test_days_say_what_kind_of_visit_they_were(refresh: Refresh, ask: Ask):
    refresh(order_lines=ORDERS)
    kinds = ask(
        "select customer_type, count(*), sum(orders), sum(net_sales) from marts.customer_days group by 1 order by 1"
    )
    assert kinds == [
        ("new", 3, 4, Decimal("55.00")),  # ann 35, ben 10, eve 10
        ("return", 5, 0, Decimal("-22.00")),  # ann -10, ben -10, cid -5, dot +3 charge, eve's gift 0
        ("returning", 3, 3, Decimal("63.00")),  # ann 30 and 23, eve 10
        ("unidentified", 1, 1, Decimal("20.00")),
    ]


def test_charges_are_money_but_neither_goods_nor_products(refresh: Refresh, ask: Ask):
    refresh(order_lines=ORDERS)
    assert ask("select kind, count(*), sum(amount) from marts.order_lines group by 1 order by 1") == [
        ("adjustment", 1, Decimal("0.00")),
        ("charge", 2, Decimal("6.00")),
        ("return", 3, Decimal("-25.00")),
        ("sale", 9, Decimal("135.00")),
    ]
    assert ask("select product_id, units, net_sales, buyers from marts.products order by 1") == [
        ("cup", 8.0, Decimal("80.00"), 3),
        ("pen", 6.0, Decimal("30.00"), 2),
    ]
    assert ask("select units, net_sales from marts.orders where order_id = 'o4'") == [(4.0, Decimal("23.00"))]


def test_no_cent_is_lost_between_the_file_and_any_mart(refresh: Refresh, ask: Ask):
    refresh(order_lines=ORDERS)
    sums = ask(
        """select
            (select accepted_amount from meta.batches where entity = 'order_lines'),
            (select sum(amount) from marts.order_lines),
            (select sum(net_sales) from marts.customer_days),
            (select sum(gross_sales) - sum(returns) from marts.customer_days),
            (select sum(net_sales) from marts.orders),
            (select sum(net_sales) from marts.sales_cube)"""
    )[0]
    assert set(sums) == {Decimal("116.00")}


def test_sales_by_choice_hold_every_customer_once_by_field_and_by_cohort(refresh: Refresh, ask: Ask):
    refresh(order_lines=ORDERS)
    every = ask(
        """select sum(net_sales), sum(orders) from marts.customer_days
           where customer_key in (select customer_key from marts.customers)"""
    )
    for part in ("r_score", "segment", "cohort_month"):
        assert ask(f"select sum(net_sales), sum(orders) from marts.sales_choices where {part} is not null") == every


def test_product_months_tell_first_time_buyers(refresh: Refresh, ask: Ask):
    refresh(order_lines=ORDERS)
    assert ask("select month, p.units, p.buyers, new_buyers, p.net_sales from marts.product_months as p "
               "join marts.products using (product_key) where product_id = 'cup' order by 1") == [
        (date(2024, 1, 1), 5.0, 1, 1, Decimal("50.00")),
        (date(2024, 2, 1), 2.0, 1, 1, Decimal("20.00")),
        (date(2024, 3, 1), 1.0, 1, 1, Decimal("10.00")),
    ]  # fmt: skip


def test_a_price_of_zero_is_a_purchase_where_the_source_says_so(refresh: Refresh, ask: Ask):
    refresh(order_lines=ORDERS, policy={"zero_price_is_purchase": True})
    assert ask("select purchase_days, frequency, monetary_value from marts.customers where customer_id = 'eve'") == [
        (3, 2, 5.0)
    ]


def test_too_few_customers_are_published_without_scores_and_say_so(refresh: Refresh, ask: Ask):
    refresh(order_lines=ORDERS)
    assert ask("select count(*), count(clv), count(p_alive) from marts.customers") == [(3, 0, 0)]
    assert ask("select distinct status from meta.models") == [("not_enough_data",)]
    assert ask("select count(*) from meta.models where message <> ''") == [(2,)]
    listed = ask("select customer_id from quality.unscored_customers")
    assert {row[0] for row in listed} == {"ann", "ben", "cid", "dot", "eve"}


def test_countries_channels_and_costs_come_from_lines_and_lists(refresh: Refresh, ask: Ask):
    lines = ORDERS.assign(country=None)
    lines.loc[lines["order_id"] == "o3", "country"] = "France"
    refresh(
        order_lines=lines,
        customers=pd.DataFrame({"customer_id": ["ben"], "customer_name": ["Ben"], "country": ["Spain"]}),
        products=pd.DataFrame({"product_id": ["cup"], "category": ["Kitchen"], "unit_price": [10], "unit_cost": [4]}),
    )
    countries = dict(ask("select order_id, country from marts.orders"))
    assert (countries["o3"], countries["o5"], countries["o1"]) == ("France", "Spain", "Unknown")
    # Ann's pens have no cost and stay out of the margin; o4's postage has none to subtract.
    margins = dict(ask("select order_id, gross_margin from marts.orders"))
    assert (margins["o3"], margins["r3"], margins["o4"]) == (Decimal("18.00"), Decimal("-6.00"), Decimal("3.00"))
    assert ask("select category from marts.customers where customer_id = 'ben'") == [("Kitchen",)]
    assert ask("select has_costs, has_spend, has_events from meta.snapshot") == [(True, False, False)]
    failed = dict(ask("select check_id, offending_rows from quality.check_results where status = 'failed'"))
    assert failed["missing_costs"] == 4  # the pens of o1, o4, r6 and o8
    assert failed["unknown_products"] == 4


def test_without_costs_there_is_no_margin_rather_than_a_full_one(refresh: Refresh, ask: Ask):
    refresh(order_lines=ORDERS)
    assert ask("select count(gross_margin) from marts.customer_days") == [(0,)]
    assert ask("select count(margin) from marts.order_lines") == [(0,)]


def visits(customer: str, *days: int) -> list[tuple]:
    start = date(2024, 1, 1).toordinal()
    return [(f"{customer}{day}", f"{date.fromordinal(start + day)} 10:00", customer, "cup", 1, 10) for day in days]


def test_states_follow_the_usual_gap(refresh: Refresh, ask: Ask):
    regulars = [line for number in range(5) for line in visits(f"r{number}", *range(0, 101, 10))]
    others = [
        *visits("back", 0, 10, 20, 95),  # a gap of 75 > 2 x 10, then active
        *visits("risk", 60, 70, 80),  # 20 days ago: 10 < 20 <= 20
        *visits("gone", 0, 10, 79),  # 21 days ago > 20
        *visits("once", 90),  # 10 days ago
        *visits("late", 89),  # 11 days ago, one purchase
        *visits("edge", 0, 10, 31, 40),  # silent for 20 days before day 31: a day more and he had lapsed
        *visits("over", 0, 10, 32),  # silent for 21
        *visits("soon", 0, 10, 21),  # silent for 10: a day more and he had been late
    ]
    refresh(order_lines=order_lines(*regulars, *others))
    states = dict(ask("select customer_id, customer_state from marts.customers"))
    assert {name: states[name] for name in ("r0", "back", "risk", "gone", "once", "late")} == {
        "r0": "active", "back": "reactivated", "risk": "at_risk", "gone": "lapsed", "once": "new", "late": "at_risk",
    }  # fmt: skip
    told = ask("select customer_id, state, date_diff('day', (select min(order_date) from marts.orders), changed_on) "
               "from marts.state_changes join marts.customers using (customer_key) "
               "where customer_id in ('back', 'edge', 'gone', 'over', 'risk', 'soon') "
               "order by customer_id, changed_on")  # fmt: skip
    assert told == [
        # silent from day 20: late on day 31, gone on day 41, back on day 95
        ("back", "new", 0), ("back", "active", 10), ("back", "at_risk", 31), ("back", "lapsed", 41),
        ("back", "reactivated", 95),
        ("edge", "new", 0), ("edge", "active", 10), ("edge", "at_risk", 21), ("edge", "active", 31),
        ("edge", "at_risk", 51), ("edge", "lapsed", 61),
        ("gone", "new", 0), ("gone", "active", 10), ("gone", "at_risk", 21), ("gone", "lapsed", 31),
        ("gone", "reactivated", 79), ("gone", "at_risk", 90), ("gone", "lapsed", 100),
        ("over", "new", 0), ("over", "active", 10), ("over", "at_risk", 21), ("over", "lapsed", 31),
        ("over", "reactivated", 32), ("over", "at_risk", 43), ("over", "lapsed", 53),
        ("risk", "new", 60), ("risk", "active", 70), ("risk", "at_risk", 91),
        ("soon", "new", 0), ("soon", "active", 10), ("soon", "at_risk", 32), ("soon", "lapsed", 42),
    ]  # fmt: skip
    types = ask("select customer_id, list(customer_type order by order_date) from marts.customer_days "
                "join marts.customers using (customer_key) where customer_id in ('back', 'edge', 'over') "
                "group by customer_id order by customer_id")  # fmt: skip
    assert types == [
        ("back", ["new", "returning", "returning", "reactivated"]),
        ("edge", ["new", "returning", "returning", "returning"]),
        ("over", ["new", "returning", "reactivated"]),
    ]


def test_no_day_is_told_in_two_ways(sample_warehouse: Settings):
    """Of every month end kept: the state of that day and the segment of that day lapse the same customers."""
    wrong = Snapshots(sample_warehouse).current()._rows(
        """select h.customer_key, h.as_of, c.state from marts.segment_history as h
           join marts.segment_days as d on d.as_of = h.as_of
           asof join marts.state_changes as c on c.customer_key = h.customer_key and c.changed_on <= h.as_of
           where (h.days_since_last_order > d.lapsed_beyond) != (c.state = 'lapsed')""", {},
    )  # fmt: skip
    assert wrong == []
    same = "select * from marts.state_changes where state = state_before"
    assert Snapshots(sample_warehouse).current()._rows(same, {}) == []


def test_the_last_change_of_every_customer_is_the_state_of_today(sample_warehouse: Settings):
    wrong = (
        Snapshots(sample_warehouse)
        .current()
        ._rows(
            """select * from marts.customers left join (
               select customer_key, arg_max(state, changed_on) as state from marts.state_changes group by customer_key)
           using (customer_key) where state is distinct from customer_state""",
            {},
        )
    )
    assert wrong == []


def test_equal_customers_get_equal_scores(refresh: Refresh, ask: Ask):
    once = [line for number in range(60) for line in visits(f"a{number}", 50)]
    often = [line for number in range(20) for line in visits(f"b{number}", *range(number, 100, 7))]
    refresh(order_lines=order_lines(*once, *often))
    assert (
        len(ask("select distinct r_score, f_score, m_score, segment from marts.customers where customer_id[1] = 'a'"))
        == 1
    )
    best = Counter(row[0] for row in ask("select segment from marts.customers where customer_id[1] = 'b'"))
    assert set(best) <= {"Champions", "Loyal"}


def test_a_score_is_the_fifth_by_percent_rank_of_all_customers(sample_warehouse: Settings):
    """Ranked one by one by pandas; the limits are found by ranking rounded steps first."""
    customers = pd.DataFrame(Snapshots(sample_warehouse).current()._rows("select * from marts.customers", {}))
    measures = {"r_score": -customers["days_since_last_order"], "f_score": customers["order_count"]}
    for score, values in {**measures, "m_score": customers["net_sales"].astype(float)}.items():
        percent_rank = (values.rank(method="min") - 1) / (len(values) - 1)
        expected = np.minimum(5, 1 + np.floor(5 * percent_rank))
        assert (customers[score] == expected).all()


def test_the_sample_shop_uses_only_known_words_and_scores_everybody(sample_warehouse: Settings):
    snapshot = Snapshots(sample_warehouse).current()
    segments = {row["segment"] for row in snapshot._rows("select distinct segment from marts.customers", {})}
    states = {
        row["customer_state"] for row in snapshot._rows("select distinct customer_state from marts.customers", {})
    }
    scored = tuple(
        snapshot._rows(
            """select count(*), count(clv), bool_and(p_alive between 0 and 1 and clv_low <= clv_high and clv >= 0)
               from marts.customers""",
            {},
        )[0].values()
    )
    assert segments <= set(SEGMENTS)
    assert len(segments) >= 8
    assert states == set(CustomerState)
    assert scored[0] == scored[1] > 350
    assert scored[2]


@pytest.mark.parametrize("column", ["segment", "customer_state"])
def test_every_customer_has_a_word(refresh: Refresh, ask: Ask, column: str):
    refresh(order_lines=ORDERS)
    assert ask(f"select count(*) from marts.customers where {column} is null") == [(0,)]


def test_the_search_reads_letters_as_the_list_of_words_writes_them():
    """What the table folds, a search folds the same way, or nobody with an accent would ever be found."""
    select = next(table.select for table in all_tables() if table.name == "marts.customer_words")
    accented, plain = re.search(r"translate\(\s*lower\(word\),\s*'(\w+)',\s*'(\w+)'", select).groups()
    assert len(accented) == len(plain) > 80
    assert [Listing(search=letter).words for letter in accented] == [(letter,) for letter in plain]
    assert Listing(search=accented.upper()).words == (plain,)


def test_every_customer_is_found_by_the_id_and_each_word_of_the_name_once(sample_warehouse: Settings):
    snapshot = Snapshots(sample_warehouse).current()
    words = {(row["customer_key"], row["kind"], row["word"]) for row in snapshot._rows(WORDS, {})}
    people = snapshot._rows("select customer_key, customer_id, customer_name, email from marts.customers", {})
    expected = {(who["customer_key"], "id", who["customer_id"].lower()) for who in people}
    expected |= {(who["customer_key"], "email", who["email"].lower()) for who in people if who["email"]}
    expected |= {
        (who["customer_key"], "name", word) for who in people for word in (who["customer_name"] or "").lower().split()
    }
    assert words == expected
    assert len(words) == snapshot._rows("select count(*) as n from marts.customer_words", {})[0]["n"]


WORDS = "select customer_key, kind, word from marts.customer_words"
ORDERED = """(
    select distinct line.product_key, line.order_id, line.customer_key, line.order_date, shop.ordered_at
    from marts.order_lines as line
    join marts.orders as shop
        on shop.order_id = line.order_id and shop.order_date = line.order_date
        and shop.customer_key is not distinct from line.customer_key
    where line.kind = 'sale' and line.product_key is not null
) as ordered"""
"Every product of every purchase order, once."


@pytest.mark.parametrize(
    ("counted", "anew"),
    [
        ("select as_of from marts.segment_days", "select distinct as_of from marts.segment_history"),
        (
            "select weekday, hour, orders from marts.order_hours",
            "select isodow(ordered_at), hour(ordered_at), count(*) from marts.orders where is_purchase group by 1, 2",
        ),
        (
            "select customer_key, second_order_date from marts.customers where second_order_date is not null",
            "select c.customer_key, min(d.order_date) from marts.customers c join marts.customer_days d "
            "on d.customer_key = c.customer_key and d.is_purchase and d.order_date > c.first_order_date group by 1",
        ),
        (
            "select product_key, weekday, hour, orders from marts.product_hours",
            f"select product_key, isodow(ordered_at), hour(ordered_at), count(*) from {ORDERED} group by 1, 2, 3",
        ),
        (
            "select product_key, products, orders from marts.product_baskets",
            f"""select product_key, products, count(*) from {ORDERED} join (
                select order_id, customer_key, order_date, count(*) as products from {ORDERED} group by 1, 2, 3
            ) as sizes using (order_id, order_date)
            where sizes.customer_key is not distinct from ordered.customer_key group by 1, 2""",
        ),
        (
            "select product_key, days, rebuys from marts.product_gaps",
            f"""select product_key, order_date - before, count(*) from (
                select product_key, order_date,
                    lag(order_date) over (partition by product_key, customer_key order by order_date) as before
                from (select distinct product_key, customer_key, order_date from {ORDERED} where customer_key >= 0)
            ) where before is not null group by 1, 2""",
        ),
        (
            "select * from marts.product_sales",
            """select product_key, order_date, coalesce(sum(quantity) filter (kind = 'sale'), 0),
                coalesce(-sum(quantity) filter (kind = 'return'), 0), sum(amount), sum(margin)
            from marts.order_lines where product_key is not null group by 1, 2""",
        ),
        (
            "select days, came_back, customers from marts.second_waits",
            """select coalesce(second_order_date, observed_until) - first_order_date, second_order_date is not null,
                count(*) from marts.customers cross join meta.snapshot group by 1, 2""",
        ),
        (
            "select product_key, repeat_days from marts.products where repeat_days > 0",
            f"""select product_key, count(distinct (customer_key, order_date)) from {ORDERED}
                join marts.customers using (customer_key) where order_date > first_order_date group by 1""",
        ),
    ],
    ids=[
        "days of the segments",
        "hours of the orders",
        "second purchases",
        "hours of a product",
        "baskets of a product",
        "times between",
        "sales of a product",
        "waits for the second purchase",
        "days after the first",
    ],
)
def test_what_is_counted_beforehand_is_what_counting_gives(sample_warehouse: Settings, counted: str, anew: str):
    snapshot = Snapshots(sample_warehouse).current()
    assert snapshot._rows(counted, {})
    assert snapshot._rows(f"({counted} except all {anew}) union all ({anew} except all {counted})", {}) == []
