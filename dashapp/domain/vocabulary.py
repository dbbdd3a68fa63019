"""The words that are values: one concept, one name, everywhere (SQL, Python, URL, screen)."""

from __future__ import annotations

from enum import StrEnum


class Basis(StrEnum):
    """What a money figure counts. The value is also the column name in every mart."""

    GROSS_SALES = "gross_sales"
    NET_SALES = "net_sales"
    GROSS_MARGIN = "gross_margin"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Compare(StrEnum):
    """Which earlier period a figure is compared with."""

    PREVIOUS_YEAR = "previous_year"
    PREVIOUS_PERIOD = "previous_period"
    NONE = "none"

    @property
    def label(self) -> str:
        return {"previous_year": "vs previous year", "previous_period": "vs previous period", "none": "No comparison"}[
            self.value
        ]


class CustomerState(StrEnum):
    """Where a customer stands, from the gaps between purchases; defined in etl/sql/marts."""

    NEW = "new"
    ACTIVE = "active"
    REACTIVATED = "reactivated"
    AT_RISK = "at_risk"
    LAPSED = "lapsed"


SEGMENTS = (
    "Champions", "Loyal", "Active", "Promising", "New", "Needs attention", "Almost lost", "At risk",
    "Previously loyal", "Dormant",
)  # fmt: skip


class LifecycleStage(StrEnum):
    """Where a product stands in its life; dashapp.domain.lifecycle decides."""

    INTRODUCTION = "introduction"
    GROWTH = "growth"
    MATURITY = "maturity"
    DECLINE = "decline"
    NEW = "new"
    SEASONAL = "seasonal"
    STEADY = "steady"
    DORMANT = "dormant"
    REVIVED = "revived"
    DISCONTINUED = "discontinued"
    TOO_EARLY = "too_early"

    @property
    def label(self) -> str:
        return "Too early to say" if self is LifecycleStage.TOO_EARLY else self.value.capitalize()
