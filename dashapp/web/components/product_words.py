"""What the products pages call things: stages, columns, and what their tables rest on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp.domain.lifecycle_rules import LifecycleRules
from dashapp.domain.vocabulary import LifecycleStage as Stage
from dashapp.domain.whole_months import whole_until
from dashapp.store.facts import Facts
from dashapp.web import format as fmt

RULES = LifecycleRules()
MEANING = {
    Stage.INTRODUCTION: "first-time buyers are few; their curve has not reached its first inflection",
    Stage.GROWTH: "first-time buyers increase towards the peak of the curve",
    Stage.MATURITY: "the peak has passed and the decrease still gathers pace",
    Stage.DECLINE: "past the second inflection of the curve",
    Stage.NEW: f"launched less than {RULES.new_periods} whole months ago",
    Stage.SEASONAL: f"{RULES.seasonal_share:.0%} of each of the last two years sold in the same "
    f"{RULES.seasonal_span} calendar months",
    Stage.STEADY: f"flat for {RULES.steady_periods} months, mostly to buyers who bought before",
    Stage.DORMANT: "silent for longer than its own gaps between days of sale explain",
    Stage.REVIVED: f"sold again in the last {RULES.revived_periods} months after an exceptional silence",
    Stage.DISCONTINUED: f"no sale for {RULES.discontinued_days:.0f} days",
    Stage.TOO_EARLY: f"fewer than {RULES.least_periods} whole months with usable sales, or fewer than "
    f"{RULES.least_units:.0f} pieces",
}
BUNDLES = (
    "Lift is how many times more often two products share a basket than chance would have it, given how often each is "
    "bought and how large baskets are; “at least” is its 95 % lower bound. Found in the first 70 % of the baskets at a "
    "false discovery rate of 5 %, measured again in the rest. The month under way waits for its end. It says "
    "nothing about revenue: who buys both might have bought both anyway."
)
PARTNERS = (
    f"Confidence: of the baskets with this product, the share with the other. Support: of all baskets, the share with "
    f"both. {BUNDLES}"
)
ENTRIES = (
    "Past net sales of customers by what they bought on their first day, at equal age, drawn towards the mean of all "
    "where a product has few customers; the interval is a 90 % one. Whether it differs is tested at a false discovery "
    "rate of 5 % over all products. Such customers are worth more or less; the product need not be the reason. The "
    "median to the second purchase is by Kaplan and Meier, and blank where fewer than half ever came back. How much "
    "sooner: Cox's hazard ratio against those who started in the same quarter with as many products, with its 90 % "
    "interval. All of it is as of the end of the last month that is over."
)
_COLUMNS = (
    "All columns cover all observed days. Net sales are sales less returns, units pieces sold less pieces returned, "
    "gross margin net sales less cost of goods (blank without costs). Repeat rate: buyers who bought it on two days or "
    "more. First purchase: buyers who had it on their first purchase day. Starters’ value: past net sales of a "
    "customer who started with it, in the longest span of 90, 180 or 365 days there is, drawn towards the mean of all. "
    "Return rate: pieces returned of pieces sold. Probability: share of resampled curves, or trends, that give the "
    "same stage; blank for stages that follow from a rule, and where another stage waits for a month to confirm it. "
    "Stage and starters’ value are as of the end of the last month that is over. A stage changes only after "
    f"{RULES.agreeing_periods} months in a row agree, by trend {RULES.agreeing_trends}."
)


def definitions() -> list[Component]:
    """What the columns of the list and the stages mean."""
    terms = [part for stage, words in MEANING.items() for part in (html.Dt(stage.label), html.Dd(words))]
    return [html.P(_COLUMNS), html.Dl(terms)]


def up_to(facts: Facts) -> str:
    """Up to which day stages, pairs and first products look."""
    last = whole_until(facts.observed_from, facts.observed_until)
    is_end = (last + timedelta(days=1)).day == 1
    return f"up to the end of {last:%B %Y}" if is_end else f"up to {fmt.day(last)}"


def starters(low: Any, high: Any, customers: Any, currency: str) -> str | None:
    """What the value of those who started with a product rests on; None without one.

    >>> starters(90.0, 110.0, 31, "GBP"), starters(None, None, None, "GBP")
    ('31 customers, 90\\xa0%: £90 to £110', None)
    """
    if not fmt.known(customers):
        return None
    bounds = f"{fmt.money(low, currency)} to {fmt.money(high, currency)}"
    return f"{fmt.number(customers)} customers, {fmt.percent(0.9, 0)}: {bounds}"
