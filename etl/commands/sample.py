"""`python -m etl sample`: write the simulated shop."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from etl.cli import KeyValues, key_values, out, reporting
from etl.source import Request, source

APP = typer.Typer()


@APP.command()
def sample(
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for the CSV files; made if it is missing")],
    customers: Annotated[int, typer.Option(help="Customers of the simulated shop")] = 4000,
    seed: Annotated[int, typer.Option(help="Equal seeds give equal files")] = 20250630,
    months: Annotated[int, typer.Option(help="Months of history")] = 30,
    option: KeyValues = None,
) -> None:
    """Write the simulated shop as CSV files, to look at or to load with `--source csv_folder`.

    Scenarios are options: `--option promo=0.2`, seasonal, churn_shock, price_rise, returns, duplicates, defects=false.
    """
    with reporting(json=False) as progress:
        out_folder.mkdir(parents=True, exist_ok=True)
        options = {"customers": str(customers), "seed": str(seed), "months": str(months)} | key_values(None, option)
        delivery = source("sample").deliver(Request(None, options, out_folder, progress.note))
    for file in delivery.files:
        out.print(str(file.path), highlight=False, markup=False)
