"""A simulated shop whose customers follow BG/NBD and Gamma-Gamma with the parameters below, deterministic by seed.

True to the models: each customer buys at times of a Poisson process with a rate drawn from a gamma distribution
(R, ALPHA), may leave for good after every repeat purchase with a probability drawn from a beta distribution (A, B),
and spends baskets drawn from a gamma distribution whose scale is drawn from another (P, Q, V), independent of the rate.

Approximate: times become days, so purchases of one day fall together (about one in a hundred); basket values become
cents; a basket is spread over products near their list price; returns lower the net value; the planted defects are
few. `defects=false` and `returns=0` switch the last two off. Products, countries and channels are invented, and so is
marketing spend: day by day what the new customers of each paid channel around that day cost at
`simulation.COST_PER_CUSTOMER`, give or take 15 %. One channel costs more than its customers bring in a year on purpose.
The options of `etl.scenarios` disturb the models on purpose: season, churn shock, promotion, price rise, duplicates.
"""

from __future__ import annotations

from pydantic import Field

from dashapp.errors import SourceError
from etl.scenarios import Scenarios
from etl.source import DeliveredFile, Delivery, Reading, Request, Shop, Source, validated

SHOP = Shop("Sample shop (simulated)", "EUR", "Germany")


class Options(Scenarios):
    seed: int = 20250630
    customers: int = Field(default=4000, ge=10, le=2_000_000)
    months: int = Field(default=30, ge=3, le=240)
    returns: float = Field(default=0.03, ge=0, le=0.5)
    """Share of order lines that come back."""
    defects: bool = True
    """Plant the lines of `simulation.DEFECTS`."""


FILES = {
    "order_lines": "orders.csv",
    "customers": "customers.csv",
    "products": "products.csv",
    "prices": "prices.csv",
    "costs": "costs.csv",
    "marketing_spend": "spend.csv",
    "engagement_events": "events.csv",
}


def deliver(request: Request) -> Delivery:
    """Simulates the shop into CSV files and hands them over like any other files."""
    # Only who asks for the simulation pays for numpy's generators and pandas.
    from etl import simulation

    if request.path is not None:
        raise SourceError("The source sample simulates its files and takes no path.", "Leave `--path` out.")
    options = validated(Options, dict(request.options), "The source sample")
    shop = simulation.simulate(options.seed, options.customers, options.months, options.returns, options)
    for entity, frame in shop.items():
        path = request.work / FILES[entity]
        frame.to_csv(path, index=False, lineterminator="\n", date_format="%Y-%m-%d %H:%M:%S")
        if entity == "order_lines" and options.defects:
            simulation.plant_defects(path)
    reading = Reading(delimiter=",")
    return Delivery(
        tuple(
            DeliveredFile(
                entity,
                request.work / FILES[entity],
                {column: (column,) for column in shop[entity].columns},
                reading,
                origin=f"sample:{FILES[entity]}",
            )
            for entity in FILES
        ),
        SHOP,
    )


SOURCE = Source(
    name="sample",
    help="A simulated shop with known parameters (options seed, customers, months, returns, defects; "
    "scenarios seasonal, churn_shock, promo, price_rise, duplicates)",
    demo=True,
    needs_path=False,
    deliver=deliver,
)
