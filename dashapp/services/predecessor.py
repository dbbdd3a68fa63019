"""What is known of today's customers has no period before it: it is compared with the snapshot published before."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashapp import written
from dashapp.domain.filters import Filters
from dashapp.domain.vocabulary import Compare
from dashapp.errors import TenureError
from dashapp.logs import get_logger
from dashapp.store.metrics import MetricValue, metric
from dashapp.store.snapshot import Snapshot, Snapshots

NONE = "no earlier snapshot"
TOO_EARLY = "nothing to compare with: no data that old"
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The snapshot published right before the one that is shown; None where none of the same data is kept."""

    snapshot: Snapshot | None

    @classmethod
    def of(cls, shown: Snapshot, snapshots: Snapshots, filters: Filters) -> Predecessor | None:
        """Nothing is opened, and None given, where nothing is compared."""
        if filters.compare is Compare.NONE:
            return None
        try:
            earlier = [entry.seq for entry in snapshots.kept() if entry.seq < shown.seq]
            found = snapshots.at(earlier[0]) if earlier else None
        except TenureError as error:
            log.warning("predecessor_unreadable", error=error.message)
            found = None
        return cls(found if found and _comparable(found, shown) else None)

    def beside(self, value: MetricValue, name: str, filters: Filters) -> MetricValue:
        """The value with what it was then; one of a period has its own comparison, or is told why not."""
        figure = metric(name)
        if value.value is None or value.previous is not None:
            return value
        if "period" in figure.query.filters:
            return value if filters.range == "all" else replace(value, against=TOO_EARLY)
        before = self.snapshot.metric(name, filters).value if self.snapshot else None
        if self.snapshot is None or before is None:
            return replace(value, against=NONE)
        facts = self.snapshot.facts
        since = f"since snapshot {facts.seq}, data to {written.day(facts.observed_until)}"
        return replace(value, previous=before, against=since)


def _comparable(earlier: Snapshot, shown: Snapshot) -> bool:
    """Whether both tell of the same shop under the same assumptions."""
    names = ("source", "currency", "horizon_days", "annual_discount_rate", "gross_margin")
    return all(getattr(earlier.facts, name) == getattr(shown.facts, name) for name in names)
