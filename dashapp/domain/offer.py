"""Whether a learned challenger may stand for champion: it has to beat the models and the run rates, each of them.

Trees that learned a season or one large customer win by luck somewhere. So what they have to beat is named before,
and on cut-offs whose days after they never saw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashapp.domain.baseline import shelf
from dashapp.domain.challengers import BOOSTER, base
from dashapp.domain.champion import TARGET, Measures, beats, listed

RUN_RATES = ("run_rate", "recent_run_rate")


def is_learned(name: str) -> bool:
    """
    >>> is_learned("mbg_nbd+booster"), is_learned("mbg_nbd+season")
    (True, False)
    """
    return name.endswith(BOOSTER)


def unbeaten(measures: Measures, name: str, incumbent: str) -> list[str]:
    """What a learned challenger has to beat and does not; nothing for any other predictor.

    To beat is to be better by more than the 95 % interval on RMSE, |total bias| or Gini of value, and worse on none.
    """
    if not is_learned(name):
        return []
    rivals = dict.fromkeys((incumbent, base(name), *RUN_RATES))
    tested = [rival for rival in rivals if (rival, TARGET, "rmse") in measures]
    return [rival for rival in tested if not beats(measures, name, rival)]


def notes(measures: Measures, names: Sequence[str], incumbent: str, titles: Mapping[str, str]) -> list[str]:
    """Of every learned challenger, whether it is offered and why."""
    return [note(measures, name, incumbent, titles) for name in names if is_learned(name)]


def note(measures: Measures, name: str, incumbent: str, titles: Mapping[str, str]) -> str:
    """One sentence on a learned challenger, with what stands in its way."""
    found = unbeaten(measures, name, incumbent)
    if found:
        return f"{titles[name]} is not offered: it does not beat {listed([titles[rival] for rival in found])}."
    rates = listed([shelf()[rate].title for rate in RUN_RATES])
    return f"{titles[name]} beats {titles[incumbent]}, {rates} on days it never saw, so it may stand for champion."
