"""`python -m etl plan --rejects`: every refused row is left where somebody can read it."""

from __future__ import annotations

from pathlib import Path

from dashapp.store import rejected
from etl import load
from etl.pipeline import Request
from etl.progress import Silent
from etl.rehearsal import rehearse
from tests.etl.loading import GOOD, HEADER, NOW, Heard, settings_in, shop_folder

BAD_DATE, BAD_NUMBER = "2,2024-02-31 10:00:00,c1,2,1.50", "3,2024-05-06 10:00:00,c1,two,1.50"


def _rows(folder: Path, *lines: str) -> list[tuple[int, str, str]]:
    """Refused rows of a rehearsal of these lines; the file of an earlier one lies there."""
    shop, target = shop_folder(folder, {"orders.csv": "\n".join([HEADER, *lines])}), folder / "refused.parquet"
    request = Request("csv_folder", shop)
    rehearse(request, settings_in(folder), Silent(), lambda: NOW, target)
    if not target.exists():
        return []
    pieces = rejected.pieces(target)
    return [
        row
        for piece in pieces
        for row in piece[["line_number", "reasons", "raw_row"]].itertuples(index=False, name=None)
    ]


def test_refused_rows_are_left_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = _rows(tmp_path, GOOD, BAD_NUMBER, BAD_DATE)
    assert [(line, reasons) for line, reasons, _ in found] == [(3, "bad_quantity"), (4, "bad_date")]
    assert "two" in found[0][2]


def test_nothing_of_an_earlier_rehearsal_stays(tmp_path: Path) -> None:
    (tmp_path / "refused.parquet").write_bytes(b"old")
    assert _rows(tmp_path, GOOD) == []


def test_rows_that_were_refused_long_ago_are_not_shown_again(tmp_path: Path) -> None:
    shop = shop_folder(tmp_path, {"orders.csv": "\n".join([HEADER, GOOD, BAD_DATE])})
    load.load("csv_folder", shop, {}, settings_in(tmp_path), Heard(), now=NOW)
    assert _rows(tmp_path, GOOD, BAD_DATE) == []


def test_predictions_that_would_not_be_shown_are_not_promised(tmp_path: Path) -> None:
    """A hundred customers are too few for any prediction with a price."""
    request = Request("sample", options={"customers": "100", "months": "12"})
    found = rehearse(request, settings_in(tmp_path), Silent(), lambda: NOW)
    after = {figure.name: figure.after for figure in found.headlines}
    assert (after["scored_customers"], after["customers"] > 50) == (0, True)
    assert found.currency
