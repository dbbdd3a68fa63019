"""Conditions of a segment: lossless as text, readable as a sentence, refused in words where they cannot be meant."""

from __future__ import annotations

import pytest

from dashapp.domain.filters import Filters
from dashapp.domain.listing import Limits, Listing
from dashapp.domain.rule_fields import BETWEEN, FIELDS, OPERATORS, Field, Kind
from dashapp.domain.rules import Rule, Rules
from dashapp.domain.rules_of_view import rules_of
from dashapp.errors import FilterError

PERIODS = "2025-01-01 2025-03-31 2024-10-01 2024-12-31"
SAMPLES = {Kind.MONTH: ("2024-01", "2024-03"), Kind.DATE: ("2024-01-31", "2024-02-01"), Kind.SHARE: ("0.2", "0.7"),
           Kind.NUMBER: ("-1.5", "20"), Kind.MOMENT: ("2025-01-31 Loyal", "2025-02-28 Lapsed"),
           Kind.CHANGE: (f"{PERIODS} net_sales grew", f"{PERIODS} gross_margin unchanged")}  # fmt: skip
SPANS = ("2025-01-31 2025-02-28", "2025-03-01 2025-03-31")
AWKWARD = ("Côte d'Ivoire; a~b, 100 %!|x", "plain")


def samples(field: Field, text: tuple[str, ...]) -> tuple[str, ...]:
    """Values the field takes; `text` where it takes any, and as what is named after a span."""
    if field.kind is Kind.SPAN:
        return tuple(f"{span} {thing}" if field.unit else span for span, thing in zip(SPANS, text, strict=True))
    return SAMPLES.get(field.kind, text)


def test_a_relative_span_stays_relative_and_reads_as_such() -> None:
    rule = Rule("product_in", "is", ("l90d  P 1",))
    assert rule.text == "product_in~is~l90d P 1"
    assert rule.sentence() == "bought the product within the last 90 days (P 1)"
    assert Rule("bought_in", "is_not", ("lm",)).sentence() == "bought anything never within the last month"


def _every_rule() -> list[Rule]:
    return [
        Rule(name, operator, values if operator == BETWEEN else values[:1])
        for name, field in FIELDS.items()
        for operator in OPERATORS[field.kind]
        for values in [samples(field, AWKWARD)]
    ]


@pytest.mark.parametrize("rule", _every_rule(), ids=lambda rule: f"{rule.field}-{rule.operator}")
def test_every_field_and_operator_survives_the_address(rule: Rule) -> None:
    rules = Rules(((rule, Rule("country", "is", AWKWARD)), (rule,)))
    assert Rules.from_text(rules.text) == rules
    assert "|" not in rules.text
    assert Filters.from_query(Filters(saved=(rules.text,)).to_query()).saved == (rules.text,)


def test_two_spellings_of_one_rule_are_one() -> None:
    assert Rule("p_alive", "at_least", ("70 %",)) == Rule("p_alive", "at_least", ("0.70",))
    assert Rule("country", "is", ("Spain", "France", "Spain")) == Rule("country", "is", ("France", "Spain"))


@pytest.mark.parametrize(
    ("field", "operator", "values", "words"),
    [
        ("password", "is", ("x",), "no field"),
        ("clv", "is", ("1",), "cannot be asked"),
        ("clv", "at_least", ("many",), "not a number"),
        ("clv", "at_least", ("nan",), "not a number"),
        ("clv", "at_least", ("",), "needs a value"),
        ("clv", "between", ("20", "3"), "above"),
        ("clv", "between", ("20",), "two values"),
        ("p_alive", "at_most", ("70",), "no probability"),
        ("cohort_month", "is", ("2024-13",), "not a month"),
        ("last_order_date", "at_least", ("31.1.2024",), "not a day"),
        ("segment_on", "is", ("2025-01-31 Royal",), "no segment on a day"),
        ("product_in", "is", ("2025-01-31 P1",), "no two days"),
        ("product_in", "is", ("2025-02-01 2025-01-31 P1",), "lies after"),
        ("product_in", "is", ("2025-01-01 2025-01-31",), "names no product"),
        ("bought_in", "is", ("2025-01-01 2025-01-31 P1",), "names no span alone"),
        ("bought_in", "is", ("l90d P1",), "names no span alone"),
        ("changed_in", "is", ("2025-01-01 2025-03-31 net_sales grew",), "four days"),
        ("changed_in", "is", ("2025-01-01 2025-03-31 2024-12-31 2024-10-01 net_sales grew",), "lies after"),
        ("changed_in", "is", (f"{PERIODS} profit grew",), "no change"),
        ("bought_in", "is", ("l91d",), "no two days"),
        ("country", "is", (), "needs a value"),
    ],
)
def test_a_row_that_cannot_be_meant_is_refused_in_words(
    field: str, operator: str, values: tuple[str, ...], words: str
) -> None:
    with pytest.raises(FilterError, match=words) as refused:
        Rule(field, operator, values)
    assert refused.value.field in (field, "field")


@pytest.mark.parametrize("text", ["", "a", "clv~at_least", ";", "!", "clv~at_least~1!", "list:short"])
def test_a_text_that_is_no_segment_is_refused(text: str) -> None:
    with pytest.raises(FilterError):
        Filters.from_query({"saved": [text]})


def test_a_view_of_the_list_becomes_rules() -> None:
    view = Filters(country=("France",), cohort=("2024-03",), category=("Home",))
    listing = Listing(states=("lapsed", "new"), limits=(Limits("clv", "10", "90"), Limits("customer_id", contains="7")))
    assert rules_of(view, listing).text == (
        "country~is~France;cohort_month~is~2024-03;category~is~Home;customer_state~is~lapsed,new;clv~between~10,90;"
        "customer_id~contains~7"
    )


def test_a_saved_segment_narrowed_further_keeps_its_alternatives() -> None:
    view = Filters(saved=("segment~is~Loyal!order_count~at_least~5",), channel=("web",))
    assert rules_of(view, Listing()).text == "segment~is~Loyal;channel~is~web!order_count~at_least~5;channel~is~web"


@pytest.mark.parametrize(
    ("view", "listing"),
    [(Filters(), Listing(search="anna")), (Filters(saved=("list:" + "a" * 32,)), Listing()), (Filters(), Listing())],
    ids=["search", "list", "everybody"],
)
def test_a_view_no_rules_can_say_is_refused(view: Filters, listing: Listing) -> None:
    with pytest.raises(FilterError):
        rules_of(view, listing)
