"""What the values of customers and products mean; columns of the files keep the words of the files."""

from __future__ import annotations

from dashapp.services import exports
from dashapp.store.facts import Facts
from dashapp.web.components.facts import Meanings

_COLUMN = exports.COLUMNS
_ORDER = "Median, and the span of 80 %, of the day of the next purchase among chances to buy within the horizon."
CUSTOMER = Meanings(
    "query/customer_profile",
    {
        "Predicted": _COLUMN["clv"],
        "Predicted CLV": f"{_COLUMN['clv']} Formula: expected purchases × expected order value × gross margin, "
        "each day discounted.",
        "So far": "Net sales of all observed days. Formula: sum of amounts of purchases − amounts sent back.",
        "Total": "So far plus predicted. Formula: net sales × gross margin + predicted value.",
        "Buys again": _COLUMN["p_active"],
        "Still a customer": _COLUMN["p_alive"],
        "Expected orders": _COLUMN["expected_purchases"],
        "Expected order value": _COLUMN["expected_order_value"],
        "Value at risk": f"{_COLUMN['value_at_risk']} Formula: chance to buy nothing × value if the customer does buy.",
        "Last order": _COLUMN["last_order_date"],
        "Mean gap": f"{_COLUMN['average_gap_days']} Formula: (latest − first purchase day) ÷ (purchase days − 1).",
        "Next order": _ORDER,
        "State": f"{_COLUMN['customer_state']} A segment is something else although some names are the same: it ranks "
        "customers against each other by recency, frequency and money.",
        "Rank": "Fifths of all customers by recency, by orders and by net sales: 5 is the best fifth.",
        "Health score": _COLUMN["health_score"],
        "Among peers": "Share of the customers of the same age with a lower health score.",
        "Risk": _COLUMN["risk_band"],
    },
)
PRODUCT = Meanings(
    "query/product_profile",
    {
        "Net sales so far": "Sales less returns over all observed days. Formula: sum of amounts of its lines.",
        "Buyers so far": "Identified customers who bought it; beside it the share who did so on two days or more. "
        "Formula: buyers with 2+ purchase days ÷ buyers.",
        "First sold": "Days of the first and of the latest sale in the data.",
        "List price": "The unit price of the product list, where one was loaded.",
        "Orders with it": "Orders that hold it; beside it the share that holds nothing else. "
        "Formula: orders with this product alone ÷ orders with it.",
        "Products in these": "Median of the number of different products in the orders that hold it.",
        "Bought again after": "Median days from one purchase day of a customer to the next with the same product.",
        "Stage": "Share of resampled curves, or trends, of its months that give the same phase.",
    },
)
PRODUCTS = Meanings(
    "query/products_list",
    {
        "Products": "Sold or not, the products of the list under its search, stages and category.",
        "Net sales of goods": "Sales less returns of these products over all observed days, whoever bought them, also "
        "buyers without a customer number; charges such as postage are no product. Formula: sum of their net sales.",
        "Units": "Pieces sold less pieces returned of these products over all observed days.",
    },
)


def customers_of(facts: Facts) -> Meanings:
    """Of the totals of any list of customers."""
    return Meanings(
        "query/customers_totals",
        {
            "Customers": "Customers of the list under its filters, search and limits.",
            "Net sales so far": "Sales less returns of these customers over all observed days; what was bought without "
            "a customer number is not in it. Formula: sum of net sales.",
            f"Predicted CLV, next {facts.horizon_days} days": f"{_COLUMN['clv']} Formula: sum over these customers.",
            "Value at risk": f"{_COLUMN['value_at_risk']} Formula: sum over these customers.",
        },
    )
