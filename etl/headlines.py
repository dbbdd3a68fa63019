"""The figures by which two worlds are told apart at a glance, from the marts of a snapshot or of a working database."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from etl.work import Connection

QUESTIONS = {
    "orders": "select coalesce(sum(orders), 0) from {0}marts.customer_days",
    "net_sales": "select coalesce(sum(net_sales), 0) from {0}marts.customer_days",
    "customers": "select count(*) from {0}marts.customers",
    "scored_customers": "select count(clv) from {0}marts.customers",
}


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure before and after; None where there was nothing to count or it was not computed."""

    name: str
    before: Decimal | None
    after: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """After less before."""
        return None if self.before is None or self.after is None else self.after - self.before

    def sentence(self) -> str:
        """The figure as a line for people."""
        change = "" if self.change is None else f" ({self.change:+,})"
        return f"{self.name.replace('_', ' ')}: {_shown(self.before)} -> {_shown(self.after)}{change}"


def _shown(value: Decimal | None) -> str:
    return "unknown" if value is None else f"{value:,}"


def headlines(connection: Connection, database: str = "", without: tuple[str, ...] = ()) -> dict[str, Decimal]:
    """Every figure by name. database: name of an attached snapshot with a dot, or empty for the connection's own."""
    return {
        name: Decimal(connection.execute(question.format(database)).fetchall()[0][0])
        for name, question in QUESTIONS.items()
        if name not in without
    }


def compared(before: dict[str, Decimal], after: dict[str, Decimal]) -> list[Headline]:
    """The figures side by side, in their order."""
    return [Headline(name, before.get(name), after.get(name)) for name in QUESTIONS]
