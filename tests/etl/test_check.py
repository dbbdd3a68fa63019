from __future__ import annotations

import json

import pytest

from dashapp.errors import NoSnapshot, QualityStop
from dashapp.settings import Settings
from dashapp.store.publish import Warehouse
from etl import check
from tests.etl.conftest import Ask, Refresh, order_lines

GOOD = (
    ("o1", "2024-01-01 09:00", "ann", "cup", 2, 10),
    ("o2", "2024-02-01 09:00", "ben", "pen", 1, 5),
)


def failed(ask: Ask) -> dict[str, int]:
    return dict(ask("select check_id, offending_rows from quality.check_results where status = 'failed'"))


def test_a_clean_delivery_fails_nothing_but_its_age(refresh: Refresh, ask: Ask):
    refresh(order_lines=order_lines(*GOOD))
    assert failed(ask) == {"freshness": 1}
    assert ask("select count(*) from quality.check_results") == [(len(check.rules()),)]


@pytest.mark.parametrize(
    ("check_id", "line"),
    [
        ("zero_prices", ("o3", "2024-02-02 09:00", "ann", "cup", 1, 0)),
        ("orders_over_several_days", ("o1", "2024-01-02 09:00", "ann", "pen", 1, 10)),
        ("rejected_lines", ("o3", "2024-02-02 09:00", "ann", "cup", "many", 10)),
    ],
)
def test_one_bad_line_is_published_as_a_sample_of_its_rule(refresh: Refresh, ask: Ask, check_id: str, line: tuple):
    refresh(
        order_lines=order_lines(
            *GOOD * 1, *[(f"x{i}", "2024-01-09 09:00", "zoe", "cup", 1, 1) for i in range(20)], line
        )
    )
    found = failed(ask)
    assert found[check_id] == 1
    shown = ask(f"select row_json from quality.offending_rows where check_id = '{check_id}'")
    assert len(shown) == 1
    assert isinstance(json.loads(shown[0][0]), dict)


def test_a_stop_keeps_the_old_snapshot_and_says_what_to_do(refresh: Refresh, settings: Settings):
    refresh(order_lines=order_lines(*GOOD))
    before = Warehouse(settings.data_dir / "warehouse").current()
    bad = [("o9", "2024-02-02 09:00", "ann", "cup", "many", 10)]
    with pytest.raises(QualityStop) as caught:
        refresh(order_lines=order_lines(*GOOD, *bad))
    assert caught.value.exit_code == 3
    assert "rejected" in caught.value.message
    assert caught.value.hint
    assert Warehouse(settings.data_dir / "warehouse").current() == before


def test_a_delivery_without_a_sale_is_not_published(refresh: Refresh, settings: Settings):
    with pytest.raises(QualityStop, match="at least one sale"):
        refresh(order_lines=order_lines(("r1", "2024-01-01 09:00", "ann", "cup", -2, 10)))
    with pytest.raises(NoSnapshot):
        Warehouse(settings.data_dir / "warehouse").current()


def test_rejected_lines_are_published_with_file_line_and_reason(refresh: Refresh, ask: Ask):
    many = [(f"x{i}", "2024-01-09 09:00", "zoe", "cup", 1, 1) for i in range(20)]
    refresh(order_lines=order_lines(*many, ("o3", "2024-02-02 09:00", "ann", "cup", "many", 10)))
    assert ask("select file_name, line_number, reasons from quality.rejects") == [
        ("order_lines.csv", 22, "bad_quantity")
    ]
    assert ask("select entity, reason, lines from quality.reject_counts") == [("order_lines", "bad_quantity", 1)]


def test_a_result_carries_who_settles_it_by_when_and_how_many_customers_it_touches(refresh: Refresh, ask: Ask):
    twice = [("z1", "2024-01-09 09:00", "ann", "cup", 1, 0), ("z2", "2024-01-09 09:00", "ben", "cup", 1, 0)]
    refresh(order_lines=order_lines(*GOOD, *twice, twice[0]))
    columns = "offending_rows, owner, sla_hours, action, customers"
    assert ask(f"select {columns} from quality.check_results where check_id = 'zero_prices'") == [
        (3, "data operator", 336, "flag", 2)
    ]
    assert ask("select customers from quality.check_results where check_id = 'no_sales'") == [(None,)]
