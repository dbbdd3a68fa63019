"""What the command `backtest --bootstrap` says of the parameters."""

from __future__ import annotations

import pytest

from benchmarks.simulated import customers
from dashapp.commands import backtest


def test_both_kinds_of_error_stand_beside_each_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    backtest.print_parameters("bg_nbd", customers(1000))
    said = capsys.readouterr().out
    assert all(word in said for word in ("curvature", "resampling", "80 %", "95 %"))
    assert [line.split()[1] for line in said.splitlines() if "│ r " in line or "│ b " in line] == ["r", "b"]


def test_a_model_of_another_family_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    backtest.print_parameters("nbd", customers(1000))
    assert "not for nbd" in capsys.readouterr().out
