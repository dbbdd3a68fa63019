"""The draft of a clear file, applied unchanged, loads every line; what is not clear is asked."""

from __future__ import annotations

import gzip
import json
import random
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from typer.testing import CliRunner, Result

from dashapp.errors import MappingError, SourceError
from dashapp.store import mappings
from etl import load
from etl.__main__ import app
from etl.source import Request, source
from tests.etl.loading import NOW, Heard, accepted, ask, rejected, settings_in
from tests.etl.profile.filing import HEADER, after, keys, loaded, profiled, question, text

LINES = [(f"o{n // 2}", f"2024-03-{1 + n % 28:02d} 10:00:00", f"c{n % 7}", f"p{n % 5}", str(1 + n % 3), f"{n}.50")
         for n in range(60)]  # fmt: skip
NAMES = {
    "shopify": ("Name", "Created at", "Email", "Lineitem sku", "Lineitem quantity", "Lineitem price"),
    "magento": ("Increment ID", "Purchase Date", "Customer ID", "SKU", "Qty Ordered", "Price"),
    "woocommerce": ("Order Number", "Order Date", "Customer User ID", "Item SKU", "Quantity", "Item Cost"),
    "online retail": ("InvoiceNo", "InvoiceDate", "CustomerID", "StockCode", "Quantity", "UnitPrice"),
    "german": ("Bestell-Nr.", "Bestelldatum", "Kundennummer", "Artikelnummer", "Menge", "Einzelpreis (EUR)"),
    "french": ("N° de commande", "Date de commande", "Code client", "Réf. article", "Quantité", "Prix unitaire"),
    "spanish": ("Nº pedido", "Fecha", "ID cliente", "Código producto", "Cantidad", "Precio"),
    "dutch": ("Ordernummer", "Besteldatum", "Klantnr", "Artikelcode", "Aantal", "Stukprijs"),
}


@pytest.mark.parametrize("shop", NAMES)
def test_the_columns_of_known_systems_and_languages_are_found_in_any_order(tmp_path: Path, shop: str):
    order = random.Random(shop).sample(range(6), 6)
    rows = [tuple(line[place] for place in order) for line in LINES]
    rows = [tuple(cell.replace("c", "c@x.de") if cell[0] == "c" and shop == "shopify" else cell for cell in row)
            for row in rows]  # fmt: skip
    found = profiled(tmp_path, text(rows, tuple(NAMES[shop][place] for place in order)))
    assert found.entity == "order_lines"
    assert {name: item["column"] for name, item in found.matches.items()} == dict(zip(HEADER, NAMES[shop], strict=True))
    assert (found.missing, set(keys(found)) - {"shop.currency"}) == ([], set())


def test_the_orders_report_of_woocommerce_is_orders_of_one_line_each(tmp_path: Path):
    """WooCommerce Analytics > Orders > Download: names of customers, no ids, and what an order came to."""
    header = ("Date", "Order #", "N. Revenue (formatted)", "Status", "Customer", "Customer type", "Product(s)",
              "Items sold", "Coupon(s)", "Net Sales", "Attribution")  # fmt: skip
    people = ("Ann Lee", "Bo Ek", "Cy Dunn", "Di Roe", "Ed Fox", "Flo Ash", "Gus Oz")
    rows = [
        (f"2024-03-{1 + n % 28:02d} 09:30:26", str(100 + n), f"&euro;{n}.50", "completed", people[n % 7],
         "returning" if n > 6 else "new", f"{1 + n % 3}× Tee", str(1 + n % 3), "", f"{n}.5", "Organic: Google")
        for n in range(60)
    ]  # fmt: skip
    found = profiled(tmp_path, text(rows, header))
    matched = {name: item["column"] for name, item in found.matches.items()}
    assert matched.pop("channel", "Attribution") == "Attribution"
    assert matched == {
        "order_id": "Order #",
        "ordered_at": "Date",
        "customer_id": "Customer",
        "product_name": "Product(s)",
    }
    assert set(keys(found)) == {"fixed.quantity", "shop.currency"}
    assert (
        after(tmp_path, found, fixed__quantity="1").mapping["entities"]["order_lines"]["columns"]["unit_price"]
        == "Net Sales"
    )


def test_refunds_with_a_number_name_the_order_they_refund_and_do_not_take_its_place(tmp_path: Path):
    header = ("Refund no", "Order no", "Refund date", "Customer no", "SKU", "Qty returned", "Price")
    rows = [(f"R{n}", f"{500 + n}", f"2024-03-{13 + n % 15}", f"c{n % 7}", "p1", "1", "2.50") for n in range(40)]
    found = profiled(tmp_path, text(rows, header), shop={"name": "Tea", "currency": "EUR"})
    assert {name: item["column"] for name, item in found.matches.items()} == {
        "order_id": "Refund no", "refunded_order_id": "Order no", "ordered_at": "Refund date",
        "customer_id": "Customer no", "product_id": "SKU", "quantity": "Qty returned", "unit_price": "Price",
    }  # fmt: skip
    assert keys(found) == ["returns"]
    lake = loaded(tmp_path, after(tmp_path, found, returns="yes").mapping)
    assert accepted(lake, "order_id, refunded_order_id, quantity::int")[0] == ("R0", "500", -1)


def test_spend_by_the_week_is_spend_though_its_name_bears_the_currency(tmp_path: Path):
    rows = [
        (f"2024-0{1 + n // 4}-{1 + 7 * (n % 4):02d}", channel, f"{n}.50", "30") for n in range(24) for channel in "ab"
    ]
    found = profiled(tmp_path, text(rows, ("Week starting", "Channel", "Cost EUR", "Clicks")))
    assert found.entity == "marketing_spend"
    assert {name: item["column"] for name, item in found.matches.items()} == {
        "spend_date": "Week starting", "channel": "Channel", "spend": "Cost EUR"
    }  # fmt: skip
    assert (found.mapping["shop"]["currency"], keys(found)) == ("EUR", [])


def test_a_line_number_tells_lines_apart_or_is_left_out(tmp_path: Path):
    header = (*HEADER, "Line No")
    unique = [(*line, str(n % 2)) for n, line in enumerate(LINES)]
    assert profiled(tmp_path, text(unique, header)).matches["line_id"]["column"] == "Line No"
    assert "line_id" not in profiled(tmp_path, text([(*line, "1") for line in LINES], header)).matches


@pytest.mark.parametrize(
    ("decimal", "delimiter", "encoding", "day"),
    [
        (",", ";", "utf-8", "%d.%m.%Y"),
        (".", "\t", "utf-16", "%m/%d/%Y"),
        (",", "|", "utf-8-sig", "%d-%m-%y"),
        (",", ";", "cp1252", "%d/%m/%Y"),
    ],
)
def test_the_draft_of_a_clear_file_loads_every_line(tmp_path: Path, decimal, delimiter, encoding, day):
    header = ("Auftrag", "Datum", "Kundennr", "Land", "Menge", "Preis")
    days = [date(2024, 2, 1 + n % 29).strftime(day) for n in range(90)]
    rows = [(f"{n:05d}", days[n], f"00{n % 9}", "Österreich", "1", f"1234{decimal}5{n % 9}") for n in range(90)]
    found = profiled(tmp_path, text(rows, header, delimiter).encode(encoding))
    if encoding == "cp1252":
        assert keys(found) == ["encoding", "shop.currency"]
        assert question(found, "encoding").options[0].example == "Österreich"
        found = after(tmp_path, found, encoding="cp1252")
    assert keys(found) == ["shop.currency"]
    found = after(tmp_path, found, shop__currency="EUR")
    assert (keys(found), found.missing) == ([], [])
    lake = loaded(tmp_path, found.mapping)
    assert rejected(lake) == []
    expected = [(f"{n:05d}", date(2024, 2, 1 + n % 29), f"00{n % 9}", "Österreich", 1234.5 + n % 9 / 100)
                for n in range(90)]  # fmt: skip
    columns = "order_id, ordered_at::DATE, customer_id, country, unit_price::DOUBLE"
    assert accepted(lake, columns) == expected


def test_every_file_of_the_sample_shop_is_drafted_and_loads_like_by_hand(tmp_path: Path):
    (tmp_path / "in").mkdir()
    options = {"customers": "150", "months": "12"}
    files = source("sample").deliver(Request(None, options, tmp_path / "in", Heard().note)).files
    mapping: dict = {"shop": {"name": "Sample", "currency": "EUR"}}
    for file in files:
        found = profiled(tmp_path, file.path.read_bytes(), file.path.name, **mapping)
        assert (found.entity, keys(found), found.missing) == (file.entity, [], [])
        mapping = found.mapping
    lake = loaded(tmp_path, mapping)
    by_hand = {batch.entity: batch for batch in sample_batches(tmp_path, options)}
    for batch in lake.batches:
        assert (batch.accepted_lines, batch.reasons) == (
            by_hand[batch.entity].accepted_lines,
            by_hand[batch.entity].reasons,
        )


def sample_batches(folder: Path, options: dict[str, str]):
    return load.load("sample", None, options, settings_in(folder / "hand"), Heard(), now=NOW).batches


def test_a_known_source_is_recognised_and_ids_of_a_spreadsheet_are_restored(tmp_path: Path):
    lines = "".join(
        f"53636{n},2211{n % 3},CUP,2,12/{13 + n % 9}/2010 8:26,2.55,1785{n % 9}.0,France\n" for n in range(9)
    )
    header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    found = profiled(tmp_path, header + lines, shop={"name": "x", "currency": "GBP"})
    assert (found.source, keys(found)) == ("online_retail", [])
    assert accepted(loaded(tmp_path, found.mapping), "customer_id, ordered_at::VARCHAR")[0] == (
        "17850",
        "2010-12-13 08:26:00",
    )


def test_workbooks_and_parquet_files_are_read_by_their_content(tmp_path: Path):
    (tmp_path / "in").mkdir()
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        for name, rows in {"Notes": [("Hello",)], "Orders": [HEADER, *LINES]}.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    content = (tmp_path / "book.xlsx").read_bytes()
    found = profiled(tmp_path, content, "orders.csv")
    assert (found.format, found.sheets, keys(found)) == ("xlsx", ("Notes", "Orders"), ["sheet", "shop.currency"])
    found = after(tmp_path, found, sheet="Orders", shop__currency="EUR")
    assert len(accepted(loaded(tmp_path, found.mapping))) == 60
    ask(f"COPY (SELECT 1 AS order_id, DATE '2024-01-01' AS ordered_at, 2 AS quantity, 1.5 AS unit_price) "
        f"TO '{tmp_path}/o.parquet' (FORMAT parquet)")  # fmt: skip
    found = profiled(tmp_path, (tmp_path / "o.parquet").read_bytes(), "o.parquet")
    assert (found.format, found.missing) == ("parquet", [])


def test_json_lines_packed_or_not_are_profiled_and_load(tmp_path: Path):
    lines = [
        json.dumps({"id": o, "created_at": at, "customer": {"email": f"{c}@x.de"}, "sku": p, "qty": q, "price": 2.5})
        for o, at, c, p, q, _ in LINES
    ]
    found = profiled(tmp_path, gzip.compress("\n".join(lines).encode()), "orders.jsonl.gz")
    assert (found.format, keys(found), found.columns[2]["name"]) == ("jsonl", ["shop.currency"], "customer.email")
    found = after(tmp_path, found, shop__currency="EUR")
    assert len(accepted(loaded(tmp_path, found.mapping), "customer_id")) == 60


def test_what_is_no_table_is_refused_in_words(tmp_path: Path):
    for content, words in (
        ("Report of May\n" + text(LINES), "most lines have 6"),
        ("order_id,ordered_at\n", "no lines"),
        ("a,a\n1,2\n", "more than one column called 'a'"),
        ("<html><body>sign in</body></html>", "web page"),
        ("", "is empty"),
    ):
        with pytest.raises(SourceError, match=words):
            profiled(tmp_path, content)


def test_a_line_that_is_no_row_does_not_hide_the_others(tmp_path: Path):
    found = profiled(tmp_path, text([*LINES, ("o9", "too", "short")]))
    assert (found.rows_sampled, keys(found)) == (60, ["shop.currency"])
    assert found.notes == ["1 lines are no rows of this table and would be rejected."]


def test_a_mapping_is_kept_as_it_is_and_completed(tmp_path: Path):
    known = {
        "shop": {"name": "Mine", "currency": "SEK"},
        "entities": {
            "customers": {"files": "people.csv", "columns": {"customer_id": "Id"}},
            "order_lines": {"files": "*.csv", "columns": {"order_id": "order_id", "unit_price": "Gone"}},
        },
    }
    found = profiled(tmp_path, text(LINES), **known)
    assert found.missing == ["ordered_at", "quantity", "unit_price"]
    assert found.mapping["entities"]["customers"] == known["entities"]["customers"]
    assert found.mapping["shop"] == known["shop"]
    assert found.mapping["entities"]["order_lines"]["columns"] == {"order_id": "order_id"}
    assert "does not have" in found.notes[0]
    several = {"entities": {"order_lines": [{"files": "a"}, {"files": "b"}]}}
    with pytest.raises(MappingError, match="several ways"):
        profiled(tmp_path, text(LINES), **several)


def test_a_total_is_a_price_only_where_the_shop_says_so(tmp_path: Path):
    rows = [(f"o{n}", f"2024-01-{13 + n}", f"c{n}", f"{n}.5") for n in range(9)]
    found = profiled(tmp_path, text(rows, ("Order", "Order date", "Customer", "Total")))
    assert (found.missing, keys(found)) == (["quantity", "unit_price"], ["fixed.quantity", "shop.currency"])
    found = after(tmp_path, found, fixed__quantity="1", shop__currency="EUR")
    assert (found.missing, keys(found)) == ([], [])
    assert accepted(loaded(tmp_path, found.mapping), "sum(quantity * unit_price)::DOUBLE", order="") == [(40.5,)]


def test_currency_is_taken_from_a_column_and_asked_where_it_holds_two(tmp_path: Path):
    header = (*HEADER, "Currency")
    assert profiled(tmp_path, text([(*line, "CHF") for line in LINES], header)).mapping["shop"]["currency"] == "CHF"
    mixed = [(*line, "CHF" if n else "EUR") for n, line in enumerate(LINES)]
    asked = question(profiled(tmp_path, text(mixed, header)), "shop.currency")
    assert "CHF on 59 lines, EUR on 1 lines" in asked.sentence
    priced = (*HEADER[:-1], "Price (SEK)")
    assert profiled(tmp_path, text(LINES, priced)).mapping["shop"]["currency"] == "SEK"


def test_the_command_answers_keeps_and_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def cli(*arguments: str | Path) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    settings = settings_in(tmp_path)
    monkeypatch.setenv("TENURE_DATA_DIR", str(settings.data_dir))
    path = tmp_path / "orders-2024-03.csv"
    path.write_text(text(LINES))
    refused = cli("profile", "--path", path, "--save", "mine")
    assert (refused.exit_code, "not complete: shop.currency" in refused.output) == (2, True)
    done = cli("profile", "--path", path, "--answer", "shop.currency=EUR", "--save", "mine", "--json")
    told = json.loads(done.output.splitlines()[-1])
    assert told["event"] == "done"
    assert told["questions"] == told["missing"] == []
    assert mappings.read(settings, "mine") == told["mapping"]
    assert told["columns"][0]["samples"] == ["o0", "o1", "o2", "o3", "o4"]
    assert "EUR" in cli("profile", "--path", path, "--mapping", "mine").output
    wrong = cli("profile", "--path", path, "--answer", "shop.currency=EURO")
    assert "Did you mean 'EUR'?" in wrong.output


def test_ids_that_repeat_are_no_list_of_products(tmp_path: Path):
    header = ("sku", "product name", "category", "price", "order id")
    rows = [(f"p{n % 5}", "Cup", "Kitchen", "2.5", f"o{n}") for n in range(40)]
    assert profiled(tmp_path, text(rows, header)).entity == "order_lines"
    once = [(f"p{n}", *row[1:]) for n, row in enumerate(rows)]
    assert profiled(tmp_path, text(once, header)).entity == "products"
