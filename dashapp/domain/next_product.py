"""Which product may come next: what follows a product more often than chance, of everything that followed it."""

from __future__ import annotations

import pandas as pd

from dashapp.domain.proportions import wilson
from dashapp.domain.significance import adjusted, joint_or_more

ENOUGH = 20
"Customers who came back after a product, for any product to follow it."
LEAST = 5
"Customers who bought the second product then."
MOST = 100_000
"About so many customers are looked at after one product: a share of half of them is known to 0.3 points."
LEVEL = 0.05
"False discovery rate."


def following(frame: pd.DataFrame) -> pd.DataFrame:
    """What follows more often than it is bought anyway, the likeliest first, each product after one only.

    frame: the answer of store/queries/customer_next_products.sql. Adds share of the customers who came back, its 95 %
    limits (Wilson), usual (share of all later purchase days) and q_value: Fisher's exact p-value that so many or more
    of these days have the product by chance, after Benjamini and Hochberg over all pairs looked at.
    """
    if frame.empty:
        return frame.assign(share=[], low=[], high=[], usual=[], q_value=[])
    counts = (frame[name].astype(float) for name in ("followed", "customers", "usual_days", "days"))
    low, high = wilson(frame["followed"], frame["customers"])
    told = frame.assign(
        share=frame["followed"] / frame["customers"],
        low=low,
        high=high,
        usual=frame["usual_days"] / frame["days"],
        q_value=adjusted(joint_or_more(*counts), int(frame["looked_at"].iloc[0])),
    )
    sure = told[(told["q_value"] <= LEVEL) & (told["customers"] >= ENOUGH) & (told["followed"] >= LEAST)]
    ordered = sure.sort_values(["low", "product_id"], ascending=[False, True], kind="stable")
    return ordered.drop_duplicates("product_id").reset_index(drop=True)
