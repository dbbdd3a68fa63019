"""What people are told a file may hold is what the ETL takes."""

from __future__ import annotations

from dashapp.domain.canonical import KINDS, ORDERS
from etl.entities import ENTITIES


def test_the_kinds_and_their_columns_are_those_of_the_etl() -> None:
    told = {kind.name: [(column.name, column.is_required) for column in kind.columns] for kind in KINDS.values()}
    taken = {name: [(column.name, bool(column.missing)) for column in spec.columns] for name, spec in ENTITIES.items()}
    assert told == taken
    assert next(iter(KINDS)) == ORDERS


def test_a_column_has_a_label_of_its_own() -> None:
    for kind in KINDS.values():
        assert len({column.label for column in kind.columns}) == len(kind.columns)
