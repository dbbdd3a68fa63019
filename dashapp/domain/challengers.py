"""Predictors that only a backtest knows: they are tested beside the models of the shelf and never score customers.

`mbg_nbd+season` is MBG/NBD in the season days of `season_level`, `mbg_nbd+booster` is MBG/NBD with the corrections of
`booster`; any purchase model can carry either suffix.
"""

from __future__ import annotations

from dashapp.domain import shelf

SEASON = "+season"
BOOSTER = "+booster"
MOST_CUSTOMERS = 300_000
"Beyond this a challenger would take the backtest past its 15 seconds."


def base(name: str) -> str:
    """The model of the shelf a predictor is made of.

    >>> base("mbg_nbd+season"), base("mbg_nbd+booster"), base("bg_nbd")
    ('mbg_nbd', 'mbg_nbd', 'bg_nbd')
    """
    return name.partition("+")[0]


def titles() -> dict[str, str]:
    """What a reader calls every model and every challenger, by name."""
    models = shelf.titles("purchases")
    seasonal = {name + SEASON: f"{title} in season days" for name, title in models.items()}
    boosted = {name + BOOSTER: f"{title} corrected by gradient boosting" for name, title in models.items()}
    return models | seasonal | boosted


def is_too_large(name: str, customers: int) -> bool:
    """Whether the predictor is a challenger that so many customers have no time for."""
    return name != base(name) and customers > MOST_CUSTOMERS
