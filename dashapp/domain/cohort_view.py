"""What a reader wants to see of cohorts as one value: to and from the address; every value is of a whitelist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dashapp.errors import FilterError

WORDS: dict[str, tuple[str, dict[str, str]]] = {
    "by": ("Cohorts by", {"month": "Month", "quarter": "Quarter"}),
    "split": ("Split by", {"none": "Not split", "channel": "First channel", "country": "First country"}),
    "metric": (
        "Show",
        {
            "retention": "Retention",
            "value": "Value",
            "margin": "Margin",
            "orders": "Orders",
            "aov": "Average order value",
        },
    ),
    "count": ("Counted", {"in": "In month k", "until": "By month k"}),
    "unit": ("Numbers", {"each": "% or per customer", "total": "Counts and totals"}),
    "scale": ("Colours", {"all": "Over all cohorts", "row": "Within each cohort"}),
    "ahead": ("Predicted", {"on": "Shown", "off": "Hidden"}),
    "horizon": (
        "Channel horizon",
        {"longest": "Longest observed", "90": "90 days", "180": "180 days", "365": "365 days"},
    ),
}
"Every key of the address with its title, and every value it can have with its words; the first is the default."


@dataclass(frozen=True, slots=True)
class CohortView:
    """The default is monthly cohorts, the share that bought in each month, predicted months shown."""

    by: str = "month"
    split: str = "none"
    metric: str = "retention"
    count: str = "in"
    "`in` the month alone, or `until` its end: cumulative."
    unit: str = "each"
    scale: str = "all"
    ahead: str = "on"
    horizon: str = "longest"
    "Days at which channels are compared."

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            title, known = WORDS[name]
            if value not in known:
                raise FilterError(name, f"{title} cannot be {value!r}.", f"Use one of {', '.join(known)}.")

    @property
    def group(self) -> str:
        """What cohorts are split by, as the questions take it: empty for not."""
        return "" if self.split == "none" else self.split

    @property
    def days(self) -> int:
        """The channel horizon; 0 is the longest."""
        return 0 if self.horizon == "longest" else int(self.horizon)

    def to_query(self) -> dict[str, str]:
        """The address of this view; defaults are left out.

        >>> CohortView(metric="margin", count="until").to_query()
        {'metric': 'margin', 'count': 'until'}
        """
        return {name: value for name, value in asdict(self).items() if value != getattr(_DEFAULT, name)}

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> CohortView:
        """Read an address or the controls. Unknown keys are ignored. Raises FilterError naming the field.

        >>> CohortView.from_query({"by": "quarter", "range": "all"}).by
        'quarter'
        """
        given = {name: query[name] for name in WORDS if query.get(name) not in (None, "")}
        if wrong := [name for name, value in given.items() if not isinstance(value, str)]:
            raise FilterError(wrong[0], f"{wrong[0]} must be one word.", "Reload the page.")
        return cls(**given)


_DEFAULT = CohortView()
