"""Downloads hold what was asked, all of it or a number saying how much, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
import python_calamine
import xlsxwriter
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.services import exports
from dashapp.services.access import Principal, Role
from dashapp.services.cells import BYTE_ORDER_MARK, csv_text, safe_text
from dashapp.services.customers import Rows, matching
from dashapp.services.exports import COLUMNS, CONTACT, CustomersFile, Request
from dashapp.services.sheets import Sheet
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots
from tests.services import shop

HOSTILE = [
    "=1+1", "  =cmd|' /C calc'!A0", "+49 170 1234567", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1",
    "－1+2", "＠A1", "\u200b=1", 'he said "hi", twice', "Müller; Söhne", "line\nbreak", "-12.5", "''",
    "http://example.org", "日本",
]  # fmt: skip
ASKED = Request(Filters(), Listing(), True, "ann", datetime(2024, 7, 2, 10, 0, tzinfo=UTC))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return shop.publish(tmp_path_factory.mktemp("shop"), shop.customers(400, names=HOSTILE))


@pytest.fixture(scope="module")
def snapshot(settings: Settings) -> Snapshot:
    return Snapshots(settings).current()


def _read_csv(pieces: bytes) -> list[list[str]]:
    text = pieces.decode()
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")))


def _sheet(file: io.BufferedIOBase, name: str) -> list[list[object]]:
    return python_calamine.CalamineWorkbook.from_filelike(file).get_sheet_by_name(name).to_python()


def _runs(text: str) -> bool:
    """Whether a spreadsheet would take the text of a CSV cell for a formula; plain numbers are none."""
    bare = text.strip(" \t\r\n\0\u200b\ufeff")
    try:
        return bare[:1] in set("=+-@＝＋－＠") and (bare[0] == "+" or float(bare) is None)
    except ValueError:
        return True


cells = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=12), st.from_regex(r"[ \t]*[=+\-@＝＋－＠].{0,8}", fullmatch=True)
)


@given(st.lists(cells, min_size=1, max_size=20))
@examples(max_examples=300, deadline=None)
@pytest.mark.slow
def test_no_text_leaves_as_a_formula_in_csv_and_every_text_can_be_read_back(texts: list[str]) -> None:
    rows = _read_csv(b"".join(csv_text([pd.DataFrame({"name": texts, "n": range(len(texts))})])))
    assert not any(_runs(row[0]) for row in rows)
    assert [
        row[0].removeprefix("'") if safe_text(t) != t else row[0] for row, t in zip(rows[1:], texts, strict=True)
    ] == texts
    assert [row[1] for row in rows[1:]] == [str(n) for n in range(len(texts))]


@given(st.lists(cells, min_size=1, max_size=10))
@examples(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.slow
def test_no_text_leaves_as_a_formula_or_link_in_xlsx(texts: list[str]) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        Sheet(book, "Test").write(pd.DataFrame({"name": texts}))
    content = _parts(file)
    assert "<f>" not in content["xl/worksheets/sheet1.xml"]
    assert "hyperlink" not in content["xl/worksheets/sheet1.xml"]


def _parts(file: io.BytesIO) -> dict[str, str]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.parametrize("text", ["-12.5", "12", "1e6", "Ann", "", "a=b", "c-00001"])
def test_plain_numbers_and_plain_words_stay_as_they_are(text: str) -> None:
    assert safe_text(text) == text


@pytest.mark.parametrize("text", ["+49 170 1234567", "+491701234567", "－1+2", "\u200b=1", " @x"])
def test_phone_numbers_and_disguised_formulas_get_an_apostrophe(text: str) -> None:
    assert safe_text(text) == f"'{text}"


@pytest.mark.parametrize("listing", [Listing(), Listing(states=("lapsed",), sort="customer_id", descending=False)])
@pytest.mark.parametrize("filters", [Filters(), Filters(country=("France",))])
def test_csv_and_xlsx_hold_every_customer_of_the_view_with_its_money(
    snapshot: Snapshot, settings: Settings, filters: Filters, listing: Listing
) -> None:
    file = CustomersFile(snapshot, replace(ASKED, filters=filters, listing=listing))
    wanted = matching(snapshot, filters, listing, Principal(2, "ann", Role.ANALYST, ""), Rows(10_000)).rows
    rows = _read_csv(b"".join(file.csv()))
    with file.xlsx(settings) as book:
        sheet = _sheet(book, "Customers")
    place = rows[0].index("net_sales")
    assert len(wanted) == file.rows == len(rows) - 1 == len(sheet) - 1 > 0
    assert [row[0] for row in rows[1:]] == [row[0] for row in sheet[1:]] == list(wanted["customer_id"])
    total = pytest.approx(float(wanted["net_sales"].sum()))
    assert sum(float(row[place]) for row in rows[1:]) == total
    assert sum(float(row[place]) for row in sheet[1:]) == total


@pytest.mark.parametrize(
    "listing",
    [Listing(), Listing(sort="average_gap_days"), Listing(sort="country", descending=False), Listing(search="mul")],
    ids=lambda listing: f"{listing.sort} {listing.search}",
)
@pytest.mark.slow
def test_page_after_page_is_the_same_list(
    snapshot: Snapshot, listing: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Equal and missing values of the sorted column included."""
    asked = replace(ASKED, listing=listing)
    whole = _read_csv(b"".join(CustomersFile(snapshot, asked).csv()))
    monkeypatch.setattr(exports, "PAGE_ROWS", 7)
    assert _read_csv(b"".join(CustomersFile(snapshot, asked).csv())) == whole
    assert len(whole) > 8
    assert _read_csv(b"".join(CustomersFile(snapshot, asked, most_rows=10).csv())) == whole[:11]


def test_csv_has_iso_dates_and_empty_cells_for_what_is_missing(snapshot: Snapshot) -> None:
    head, *rows = _read_csv(b"".join(CustomersFile(snapshot, ASKED).csv()))
    days = {row[head.index("first_order_date")] for row in rows}
    assert all(datetime.fromisoformat(day).date().isoformat() == day for day in days)
    assert "" in {row[head.index("average_gap_days")] for row in rows}
    assert not {"nan", "NaN", "None", "NaT"} & {cell for row in rows for cell in row}


def test_contacts_are_columns_only_for_those_who_may_see_them(snapshot: Snapshot, settings: Settings) -> None:
    hidden = CustomersFile(snapshot, replace(ASKED, with_contact=False))
    text = b"".join(hidden.csv()).decode()
    assert not set(CONTACT) & set(text.splitlines()[0].split(","))
    assert "example.org" not in text
    with hidden.xlsx(settings) as book:
        assert len(_sheet(book, "Customers")[0]) == len(COLUMNS) - 2
    assert not any("customer_name" in item for item, _ in hidden.about())


def test_a_file_cut_short_says_so_in_its_name_and_in_its_about_part(snapshot: Snapshot) -> None:
    file = CustomersFile(snapshot, ASKED, most_rows=100)
    assert file.name("csv") == "customers-2024-06-30-snapshot-1-first-100-of-400.csv"
    assert dict(file.about())["Rows"].startswith("100 of 400")
    assert len(_read_csv(b"".join(file.csv()))) == 101


def test_the_about_sheet_tells_where_the_figures_come_from(snapshot: Snapshot, settings: Settings) -> None:
    request = replace(ASKED, filters=Filters(country=("France",)))
    with CustomersFile(snapshot, request).xlsx(settings) as book:
        about = {row[0]: row[1] for row in _sheet(book, "About")}
    assert "country France" in about["Filters"]
    assert about["Snapshot"] == "000001-test"
    assert about["As of"].startswith("2024-06-30")
    assert about["Horizon"] == "365 days"
    assert about["Generated by"] == "ann"
    assert about["Generated at"] == "2024-07-02 10:00:00 UTC"
    assert {f"Column {name}" for name in COLUMNS} <= set(about)


def test_a_text_longer_than_a_cell_is_cut_and_counted(settings: Settings, tmp_path: Path) -> None:
    people = shop.customers(60, names=["x" * 40_000, "short"])
    file = CustomersFile(shop.snapshot(tmp_path, people), ASKED)
    with file.xlsx(settings) as book:
        assert {row[0]: row[1] for row in _sheet(book, "About")}["Shortened cells"].startswith("30 ")


def test_an_empty_view_still_has_its_heading(snapshot: Snapshot) -> None:
    file = CustomersFile(snapshot, replace(ASKED, listing=Listing(search="nobody at all")))
    assert file.rows == 0
    assert _read_csv(b"".join(file.csv())) == [list(COLUMNS)]


def test_every_column_of_the_list_is_in_the_file_and_defined(snapshot: Snapshot) -> None:
    frame = matching(snapshot, Filters(), Listing(), Principal(2, "ann", Role.ANALYST, ""), Rows(1)).rows
    assert set(frame) - {"customer_key", "place"} == set(COLUMNS)
