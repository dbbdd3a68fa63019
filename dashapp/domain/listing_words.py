"""What a list of customers was limited to, in words: for the drawer, the strip above the list and its files."""

from __future__ import annotations

from dashapp.domain.listing import DATES, DAYS, Limits, Listing

NAMES = {
    "order_count": "orders",
    "net_sales": "net sales",
    "average_order_value": "sales per order",
    "days_since_last_order": "days since the last order",
    "average_gap_days": "usual gap in days",
    "return_count": "returned orders",
    "p_active": "chance to buy again",
    "p_alive": "chance to be still a customer",
    "expected_purchases": "expected orders",
    "expected_order_value": "expected order value",
    "clv": "predicted CLV",
    "clv_low": "low end of predicted CLV",
    "clv_high": "high end of predicted CLV",
    "value_at_risk": "value at risk",
    "health_score": "health score",
    "first_order_date": "first order",
    "last_order_date": "last order",
    "customer_id": "customer id",
    "risk_band": "risk",
    "r_score": "recency score",
    "fm_score": "frequency and money score",
    "bought_on": "bought",
}
"What a column is called in a sentence; others by their own name."


def in_words(listing: Listing) -> list[str]:
    """Search, states and limits, a few words each.

    >>> in_words(Listing(states=("at_risk",), limits=(Limits("bought_on", "2024-01-01", "2024-01-31"),)))
    ['state at risk', 'bought from 1 Jan 2024 to 31 Jan 2024']
    """
    states = " or ".join(state.replace("_", " ") for state in listing.states)
    searched = [f"search “{listing.search}”"] if listing.search else []
    return [*searched, *([f"state {states}"] if states else []), *(_limit(limit) for limit in listing.limits)]


def _limit(limit: Limits) -> str:
    """
    >>> _limit(Limits("p_active", "0.0", "0.29999")), _limit(Limits("r_score", "5", "5"))
    ('chance to buy again from 0 to 0.3', 'recency score 5')
    """
    name = NAMES.get(limit.column, limit.column)
    if limit.contains:
        return f"{name} contains “{limit.contains}”"
    low, high = (_value(limit.column, text) for text in (limit.low, limit.high))
    if low == high:
        return f"{name} {low}"
    return " ".join([name, *([f"from {low}"] if low else []), *([f"to {high}"] if high else [])])


def _value(column: str, text: str) -> str:
    if not text:
        return ""
    if column in (*DATES, *DAYS):
        year, month, day = text.split("-")
        return f"{int(day)} {_MONTHS[int(month) - 1]} {year}"
    return f"{float(text):,.2f}".rstrip("0").rstrip(".")


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
