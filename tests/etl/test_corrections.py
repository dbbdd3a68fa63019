"""Late and corrected rows: `--append` replaces what it delivers again, `--entity` replaces one entity."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from dashapp.store.publish import Warehouse
from etl import pipeline
from etl.__main__ import app
from etl.entities import ENTITIES
from etl.progress import Silent
from etl.work import ORIGIN, create_view
from tests.etl.conftest import NOW, Ask
from tests.etl.loading import COLUMNS, tree

HEADER = "order,line,date,customer,item,qty,price"
WITH_LINES = {**COLUMNS, "product_id": "item", "line_id": "line"}
WITHOUT = {**COLUMNS, "product_id": "item"}
JANUARY = (
    "o1,1,2024-01-01,ann,cup,2,10",
    "o1,2,2024-01-01,ann,pen,1,5",
    "o2,1,2024-01-02,ben,cup,1,10",
    "o3,1,2024-01-03,cid,pen,3,5",
)


@pytest.fixture
def deliver(settings, tmp_path: Path) -> Callable[..., pipeline.Outcome]:
    """Refresh with order lines in a folder of their own, or add them."""

    def run(
        name: str, *lines: str, append: bool = False, columns=WITH_LINES, shop="Test", **entities
    ) -> pipeline.Outcome:
        folder = written(tmp_path / name, lines, columns, shop, **entities)
        request = pipeline.Request("csv_folder", folder, append=append)
        return pipeline.refresh(request, settings, Silent(), lambda: NOW)

    return run


def written(folder: Path, lines, columns=WITH_LINES, shop="Test", **entities: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "orders.csv").write_text("\n".join([HEADER, *lines, ""]))
    mapped = {"order_lines": {"files": "orders.csv", "columns": columns}}
    for entity, text in entities.items():
        (folder / f"{entity}.csv").write_text(text)
        names = text.splitlines()[0].split(",")
        mapped[entity] = {"files": f"{entity}.csv", "columns": {name: name for name in names}}
    content = {"shop": {"name": shop, "currency": "EUR"}, "entities": mapped}
    (folder / "mapping.yaml").write_text(yaml.safe_dump(content))
    return folder


@pytest.fixture
def cli(settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    def run(*arguments: str | Path) -> Result:
        monkeypatch.setenv("TENURE_DATA_DIR", str(settings.data_dir))
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return run


def lines(ask: Ask) -> list[tuple]:
    found = ask(
        """select line.order_id, product.product_id, line.quantity from marts.order_lines as line
        left join marts.products as product using (product_key) order by all"""
    )
    return [(order, item, int(pieces)) for order, item, pieces in found]


def test_a_line_delivered_again_replaces_itself_and_late_lines_arrive(deliver, ask: Ask):
    deliver("january", *JANUARY)
    deliver(
        "later",
        "o1,2,2024-01-01,ann,pen,7,5",
        "o2,2,2024-01-02,ben,pen,1,5",
        "o4,1,2023-12-31,dot,cup,1,10",
        append=True,
    )
    assert lines(ask) == [
        ("o1", "cup", 2), ("o1", "pen", 7), ("o2", "cup", 1), ("o2", "pen", 1), ("o3", "pen", 3), ("o4", "cup", 1),
    ]  # fmt: skip
    assert ask(
        "select accepted_rows, replaced_rows, replaced_amount from meta.batches order by file_name, accepted_rows"
    ) == [
        (3, 0, None),
        (4, 1, 5),
    ]
    assert ask("select sum(gross_sales) from marts.customers") == [(35 + 20 + 15 + 15 + 10,)]


def test_without_line_ids_a_delivered_order_replaces_the_whole_earlier_one(deliver, ask: Ask):
    deliver("january", *JANUARY, columns=WITHOUT)
    deliver("later", "o1,1,2024-01-01,ann,cup,1,10", append=True, columns=WITHOUT)
    assert lines(ask) == [("o1", "cup", 1), ("o2", "cup", 1), ("o3", "pen", 3)]


def test_lines_that_name_no_line_stand_for_the_whole_order(deliver, ask: Ask):
    deliver("january", *JANUARY, columns=WITHOUT)
    deliver("later", "o1,2,2024-01-01,ann,pen,9,5", append=True, columns=WITH_LINES)
    assert lines(ask) == [("o1", "pen", 9), ("o2", "cup", 1), ("o3", "pen", 3)]


def test_the_last_of_several_corrections_counts(deliver, ask: Ask):
    deliver("january", *JANUARY)
    for pieces in (4, 5, 6):
        deliver(f"correction{pieces}", f"o3,1,2024-01-03,cid,pen,{pieces},5", append=True)
    assert lines(ask)[-1] == ("o3", "pen", 6)
    assert ask("select sum(replaced_rows) from meta.batches") == [(3,)]


def test_the_same_correction_twice_changes_nothing(deliver, settings):
    deliver("january", *JANUARY)
    assert deliver("later", "o3,1,2024-01-03,cid,pen,4,5", append=True).published
    assert deliver("last", "o3,1,2024-01-03,cid,pen,5,5", append=True).published
    before = tree(settings.data_dir / "lake")["manifest.json"]
    assert not deliver("later", "o3,1,2024-01-03,cid,pen,4,5", append=True).published
    assert json.loads(before)["batches"] == json.loads(tree(settings.data_dir / "lake")["manifest.json"])["batches"]


def test_another_shop_may_use_the_same_order_numbers(deliver, ask: Ask):
    deliver("january", *JANUARY)
    deliver("second", "o1,1,2024-01-09,eve,cup,1,10", append=True, shop="Second shop")
    assert len(lines(ask)) == 5


def test_lines_of_one_delivery_do_not_replace_each_other(deliver, ask: Ask):
    deliver("january", *JANUARY, "o1,2,2024-01-01,ann,pen,1,5")
    assert len(lines(ask)) == 5


def test_a_list_is_corrected_by_key(deliver, ask: Ask):
    deliver("january", *JANUARY, products="product_id,category,unit_cost\ncup,A,1\npen,B,2\n")
    deliver("later", "o9,1,2024-01-09,ann,cup,1,10", append=True, products="product_id,category,unit_cost\ncup,Z,4\n")
    assert ask("select product_id, category, unit_cost from marts.products order by 1") == [
        ("cup", "Z", 4),
        ("pen", "B", 2),
    ]


PRODUCTS = "product_id,category,unit_cost\ncup,A,1\npen,B,2\n"


def test_one_entity_is_imported_and_the_others_stay(deliver, cli, ask: Ask, tmp_path: Path):
    deliver("january", *JANUARY, products=PRODUCTS)
    (tmp_path / "items.csv").write_text("Item;Cost\ncup;1,50\n")
    (tmp_path / "items.yaml").write_text("columns: {product_id: Item, unit_cost: Cost}\ndecimal_comma: true\n")
    done = cli(
        "refresh", "--entity", "products", "--path", tmp_path / "items.csv", "--mapping", tmp_path / "items.yaml"
    )
    assert done.exit_code == 0, done.output
    asked = "select product_id, category, unit_cost::double from marts.products order by 1"
    assert ask(asked) == [("cup", "Unknown", 1.5), ("pen", "Unknown", None)]
    assert len(lines(ask)) == 4
    assert cli("refresh").exit_code == 0
    assert ask(asked)[0] == ("cup", "Unknown", 1.5), "the feed read again must not undo the import"
    deliver("january", *JANUARY, products=PRODUCTS)
    assert ask(asked)[0] == ("cup", "A", 1), "a delivery that is named is the world again"


def test_an_import_may_correct_by_key_and_needs_no_mapping(deliver, cli, ask: Ask, tmp_path: Path):
    deliver("january", *JANUARY, products=PRODUCTS)
    (tmp_path / "items.csv").write_text("product_id,unit_cost,surplus\ncup,3,x\n")
    assert cli("refresh", "--entity", "products", "--append", "--path", tmp_path / "items.csv").exit_code == 0
    assert ask("select product_id, unit_cost from marts.products order by 1") == [("cup", 3), ("pen", 2)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--entity", "product"), "Did you mean 'products'?"),
        (("--entity", "products", "--source", "sample"), "takes no --source"),
        (("--entity", "products"), "has no column 'product_id'"),
    ],
)
def test_an_import_that_cannot_be_is_explained(deliver, cli, tmp_path: Path, arguments: tuple[str, ...], words: str):
    deliver("january", *JANUARY)
    (tmp_path / "items.csv").write_text("Item\ncup\n")
    done = cli("refresh", *arguments, "--path", tmp_path / "items.csv")
    assert done.exit_code == 2
    assert words in done.output


def test_an_import_before_anything_else_is_refused(cli, tmp_path: Path):
    (tmp_path / "items.csv").write_text("product_id\ncup\n")
    done = cli("refresh", "--entity", "products", "--path", tmp_path / "items.csv")
    assert (done.exit_code, "Nothing has been loaded yet" in done.output) == (2, True)


def test_a_plan_tells_rows_and_figures_and_changes_nothing(deliver, cli, settings, tmp_path: Path):
    deliver("january", *JANUARY)
    later = written(
        tmp_path / "later",
        (
            "o3,1,2024-01-03,cid,pen,4,5",
            "o3,2,2024-01-03,cid,cup,1,10",
            "o4,1,2024-01-04,dot,cup,1,10",
            "o5,1,x,dot,cup,1,1",
        ),
    )
    before = tree(settings.data_dir)
    arguments = ("--source", "csv_folder", "--path", later, "--append", "--json")
    told = json.loads(cli("plan", *arguments).output.splitlines()[-1])
    assert tree(settings.data_dir) == before
    change = told["rows"][0]
    assert [change[key] for key in ("entity", "added", "replaced", "removed", "rejected")] == [
        "order_lines",
        2,
        1,
        0,
        1,
    ]
    assert change["examples"]["replaced"][0]["quantity"] == "4.000"
    assert change["examples"]["rejected"][0]["reasons"] == "bad_date"
    figures = {item["name"]: (item["before"], item["after"]) for item in told["headlines"]}
    assert [tuple(map(float, figures[name])) for name in ("orders", "net_sales", "customers")] == [
        (3, 4),
        (50, 75),
        (3, 4),
    ]


def test_a_plan_of_the_whole_tells_what_would_go(deliver, cli, settings, tmp_path: Path):
    deliver("january", *JANUARY)
    folder = written(tmp_path / "other", (*JANUARY[:3], "o8,1,2024-01-03,cid,pen,3,5"))
    said = cli("plan", "--source", "csv_folder", "--path", folder).output
    assert "order lines: 1 rows to add, 0 to replace, 1 to remove, 0 to reject" in said
    assert "net sales: 50.00 -> 50.00 (+0.00)" in said
    assert len(Warehouse(settings.data_dir / "warehouse").history()) == 1


def test_an_older_lake_without_the_new_columns_is_still_read(deliver, settings, ask: Ask):
    """Batches of earlier versions lack line_id and know no delivery."""
    import duckdb

    deliver("january", *JANUARY)
    lake = settings.data_dir / "lake"
    manifest = json.loads((lake / "manifest.json").read_text())
    for batch in manifest["batches"]:
        for name in ("delivery", "imported", "shop"):
            batch.pop(name)
    (lake / "manifest.json").write_text(json.dumps(manifest))
    new = ("line_id", "refunded_order_id")
    kinds = {column.name: column.sql_type for column in ENTITIES["order_lines"].columns if column.name not in new}
    for path in lake.rglob("*.parquet"):
        with duckdb.connect() as connection:
            create_view(connection, "old", kinds | ORIGIN, [path])
            connection.execute(f"copy old to '{path.with_name('data.parquet')}'")
        path.unlink()
    deliver("later", "o1,2,2024-01-01,ann,pen,9,5", append=True)
    assert lines(ask) == [("o1", "pen", 9), ("o2", "cup", 1), ("o3", "pen", 3)]
