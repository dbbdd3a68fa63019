from __future__ import annotations

import numpy as np
import pandas as pd

from dashapp.domain import covariates


def frame(**counts: int) -> pd.DataFrame:
    return pd.DataFrame({"channel": [label for label, count in counts.items() for _ in range(count)]})


def test_the_most_frequent_label_is_the_base_and_rare_ones_go_together():
    coding = covariates.learn(frame(ads=60, web=80, fax=49, sms=3), ["channel"])
    assert coding == (("channel", (("web",), ("ads",), ("fax", "sms"))),)
    assert covariates.names(coding) == ["channel=ads", "channel=other"]


def test_many_labels_are_cut_to_the_most_frequent():
    levels = covariates.learn(frame(**{f"c{n:02}": 200 - n for n in range(20)}), ["channel"])[0][1]
    assert len(levels) == covariates.MOST_LEVELS
    assert levels[0] == ("c00",)
    assert len(levels[-1]) == 13


def test_weights_count_as_customers():
    assert covariates.learn(frame(ads=1, web=2), ["channel"], [70.0, 30.0, 30.0]) == (
        ("channel", (("ads",), ("web",))),
    )


def test_nothing_to_tell_apart_is_no_coding():
    assert covariates.learn(frame(web=500), ["channel", "country"]) == ()
    assert covariates.names(()) == []
    assert covariates.kinds((), frame(web=3)).tolist() == [0, 0, 0]


def test_a_missing_label_is_a_label_and_an_unknown_one_the_base():
    rows = pd.DataFrame({"channel": ["web"] * 90 + [None] * 60, "country": ["de"] * 80 + ["at"] * 70})
    coding = covariates.learn(rows, ["channel", "country"])
    asked = pd.DataFrame({"channel": ["web", np.nan, None, "tv"], "country": ["at", "at", "de", "ch"]})
    assert covariates.kinds(coding, asked).tolist() == [1, 3, 2, 0]
    assert covariates.dummies(coding)[covariates.kinds(coding, asked)].tolist() == [[0, 1], [1, 1], [1, 0], [0, 0]]
