"""The card of a learned challenger: the ten things it goes by, most first."""

from __future__ import annotations

import pandas as pd

from dashapp.web.components import importance
from tests.web.components.test_cards import text


def frame(things: int) -> pd.DataFrame:
    rows = [
        ("mbg_nbd+booster", f"thing {place:02d}", metric, place / 100, place / 100 - 0.01, place / 100 + 0.01)
        for place in range(things)
        for metric in ("gini", "auc")
    ]
    return pd.DataFrame(rows, columns=["model", "meaning", "metric", "worth", "low", "high"])


def test_what_matters_most_comes_first_and_the_least_is_left_out():
    (card,) = importance.cards(frame(12))
    said = text(card)
    assert "MBG/NBD corrected by gradient boosting" in said
    assert said.index("Thing 11") < said.index("Thing 10") < said.index("Thing 02")
    assert "Thing 01" not in said
    assert "0.110 (0.100 to 0.120)" in said


def test_without_a_learned_challenger_there_is_no_card():
    assert importance.cards(frame(0)) == []
