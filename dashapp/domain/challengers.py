"""Predictors that only a backtest knows: they are tested beside the models of the shelf and never score customers.

`mbg_nbd+season` is MBG/NBD in the season days of `season_level`, and any purchase model can carry that suffix.
"""

from __future__ import annotations

from dashapp.domain import shelf

SEASON = "+season"
MOST_CUSTOMERS = 300_000
"Beyond this a challenger would take the backtest past its 15 seconds."


def base(name: str) -> str:
    """The model of the shelf a predictor is made of.

    >>> base("mbg_nbd+season"), base("bg_nbd")
    ('mbg_nbd', 'bg_nbd')
    """
    return name.removesuffix(SEASON)


def titles() -> dict[str, str]:
    """What a reader calls every model and every challenger, by name."""
    models = shelf.titles("purchases")
    return models | {name + SEASON: f"{title} in season days" for name, title in models.items()}


def is_too_large(name: str, customers: int) -> bool:
    """Whether the predictor is a challenger that so many customers have no time for."""
    return name != base(name) and customers > MOST_CUSTOMERS
