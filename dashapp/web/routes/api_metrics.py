"""/api/v1/metrics: the key figures for programs, from the registry, the questions and the filters of the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify
from flask.typing import ResponseReturnValue

from dashapp.domain.filters import CHOICES, Filters
from dashapp.domain.ranges import RANGES
from dashapp.domain.vocabulary import Basis, Compare
from dashapp.errors import FilterError
from dashapp.services import charting
from dashapp.store import metrics
from dashapp.store.metrics import UNITS, MetricValue, metric
from dashapp.store.where import HONOURABLE
from dashapp.web import api, asof
from dashapp.web.operation import Operation, Parameter, Schema, closed
from dashapp.web.route import Route

if TYPE_CHECKING:
    from dashapp.services.services import Services

_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": ["number", "null"]}
_FIGURE = closed(
    {
        "name": _TEXT,
        "label": _TEXT,
        "unit": {"enum": list(UNITS), "type": "string"},
        "definition": _TEXT,
        "formula": _TEXT,
        "value": _NUMBER | {"description": "Shares are 0 to 1; null where there is none, and `reason` says why."},
        "previous": _NUMBER | {"description": "The same over the days of `compared_with`."},
        "low": _NUMBER | {"description": "Lower end of the 80 % interval of a predicted figure."},
        "high": _NUMBER | {"description": "Upper end of it."},
        "n": {"type": ["integer", "null"], "description": "What the figure rests on, where it is a mean or a share."},
        "reason": _TEXT,
        "ignores": {"type": "array", "items": _TEXT, "description": "Filters this figure cannot heed."},
    }
)
_DAYS: Schema = {"type": "string", "format": "date"}
_PERIOD = {"first_day": _DAYS, "last_day": _DAYS}
MANY = Operation(
    "Key figures as the pages show them: same registry, same questions, same filters.",
    closed(
        {
            "metrics": {"type": "array", "items": _FIGURE},
            "period": closed(_PERIOD),
            "compared_with": closed(_PERIOD) | {"type": ["object", "null"]},
            "basis": _TEXT | {"description": "What money figures of the period count."},
            "snapshot": api.SNAPSHOT,
        }
    ),
    (
        Parameter("metrics", "Names separated by |; every figure without it.", _TEXT),
        Parameter("range", f"One of {', '.join(RANGES)}, or custom with start and end.", _TEXT),
        Parameter("start", "First day of a custom range.", _DAYS),
        Parameter("end", "Last day of a custom range.", _DAYS),
        Parameter("compare", "What `previous` is of.", {"type": "string", "enum": [one.value for one in Compare]}),
        Parameter("basis", "What money counts.", {"type": "string", "enum": [one.value for one in Basis]}),
        *(Parameter(name, f"One or more values of {name}, separated by |.", _TEXT) for name in CHOICES),
        api.AS_OF,
    ),
    (410, 422),
)


def many(services: Services) -> ResponseReturnValue:
    """The figures asked for. Raises FilterError for a name there is none of."""
    asked, snapshot = api.query(MANY), asof.shown(services)
    names, filters = _names(asked.get("metrics", "")), Filters.from_query(asked)
    view = charting.view(snapshot, filters)
    values = charting.measure_all(names, snapshot, filters)
    earlier = view.comparison
    return jsonify(
        metrics=[_figure(name, value) for name, value in zip(names, values, strict=True)],
        period=_days(view.period),
        compared_with=_days(earlier) if earlier else None,
        basis=filters.basis.value,
        snapshot=api.basis(snapshot.facts),
    )


def _names(text: str) -> list[str]:
    names = text.split("|") if text else list(metrics.names())
    for name in names:
        if name not in metrics.names():
            hint = f"Use {', '.join(metrics.names())}."
            raise FilterError("metrics", f"There is no key figure {name[:100]!r}.", hint)
    return names


def _figure(name: str, value: MetricValue) -> dict[str, Any]:
    one = metric(name)
    told = {part: getattr(one, part) for part in ("name", "label", "unit", "definition", "formula")}
    told |= {part: getattr(value, part) for part in ("value", "previous", "low", "high", "n", "reason")}
    return told | {"ignores": [filter_ for filter_ in HONOURABLE if filter_ not in one.query.filters]}


def _days(period: Any) -> dict[str, str]:
    return {"first_day": period.start.isoformat(), "last_day": period.end.isoformat()}


ROUTES = (Route("/api/v1/metrics", "api.metrics", many, "overview:read", operation=MANY),)
