"""The same data give the same digits on one thread and on two: nothing long is added up by a threaded library."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

FITS = """
from benchmarks.simulated import customers
from dashapp.domain.models import bg_nbd, gamma_gamma, mbg_nbd
rfm = customers(60_000)
print([model.MODEL.fit(rfm).to_json() for model in (bg_nbd, mbg_nbd, gamma_gamma)])
"""
BACKTEST = """
from datetime import date
from dashapp.domain.backtest import Plan, run
from dashapp.domain.purchase_days import PurchaseDays
from tests.domain.conftest import purchases
days = PurchaseDays.from_frame(purchases("CDNOW_master.txt", "customer_key", header_lines=1))
print(run(days, date(1997, 1, 1), date(1998, 6, 30), Plan(273, origins=1, models=())))
"""
BOOSTER = BACKTEST.replace("models=()", "models=('mbg_nbd+booster',)")
BOOTSTRAP = """
from benchmarks.simulated import customers
from dashapp.domain.bootstrap import draws
from dashapp.domain.models import bg_nbd
from dashapp.domain.patterns import Patterns
rfm = customers(60_000)
print(draws(bg_nbd.MODEL.fit(rfm), Patterns.from_frame(rfm), 20).values.tolist())
"""


def said(program: str, threads: int) -> str:
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    environment = os.environ | dict.fromkeys(names, str(threads))
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


PROGRAMS = {"fits": FITS, "backtest": BACKTEST, "booster": BOOSTER, "bootstrap": BOOTSTRAP}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_figures_do_not_depend_on_threads(program: str):
    one = said(program, 1)
    assert len(one) > 1000
    assert one == said(program, 2)
