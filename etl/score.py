"""Scores: fit the models to the summary of all customers; what they predict becomes columns of marts.customers."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date

import pandas as pd

from dashapp.domain import scoring
from dashapp.domain.backtest_results import Backtest
from dashapp.domain.model import Fitted
from dashapp.domain.predictive import LEVEL
from dashapp.errors import NotConverged, NotEnoughData, TenureError
from dashapp.settings import Settings
from etl import added
from etl.backtest import SHARE
from etl.progress import Progress
from etl.work import Connection

COLUMNS = scoring.SCORE_COLUMNS[1:]
"""Score columns of marts.customers, all DOUBLE: probabilities 0-1, counts, money over the horizon of meta.snapshot."""

MODELS = """
    create table meta.models (
        target VARCHAR, model VARCHAR, engine VARCHAR, status VARCHAR, message VARCHAR, n_customers BIGINT,
        log_likelihood DOUBLE, parameters VARCHAR, standard_errors VARCHAR, at_bound BOOLEAN, time_unit VARCHAR,
        fitted_on DATE, fitted VARCHAR
    )"""
"""`fitted` is the whole fit as JSON, for dashapp.domain.shelf.restore; NULL where there is none."""

UNSCORED = """
    create table quality.unscored_customers as
        select customer_id, cast(reason as varchar) as reason from staging.customers_without_purchase"""


def assumptions(settings: Settings) -> scoring.Assumptions:
    """The defaults of this installation. Raises InputError on an unknown model."""
    return scoring.Assumptions(
        settings.model, settings.horizon_days, settings.annual_discount_rate, settings.gross_margin
    )


def score(connection: Connection, settings: Settings, progress: Progress, tested: Backtest) -> None:
    """Add the score columns (etl/added.py), and write meta.models and quality.unscored_customers.

    Too few customers or no optimum is no reason to withhold the data: the scores are NULL then, meta.models says why,
    and every customer is listed as unscored with that reason.
    """
    connection.execute(MODELS)
    connection.execute(UNSCORED)
    rfm = connection.execute(
        """select customer_key, frequency, recency_days, T_days, monetary_value
           from marts.customers order by customer_key"""
    ).df()
    try:
        scores = scoring.score(
            rfm,
            assumptions(settings),
            lambda done, message: progress.step("score", SHARE + (1.0 - SHARE) * done, message),
            widening=tested.widening(LEVEL),
        )
    except (NotEnoughData, NotConverged) as error:
        progress.note(error.sentence())
        _add_columns(connection, pd.DataFrame(columns=list(scoring.SCORE_COLUMNS), dtype="float64"))
        _record_failure(connection, error, settings.model, len(rfm))
    else:
        for note in scores.notes:
            progress.note(note)
        _add_columns(connection, scores.frame)
        _record(connection, "purchases", scores.purchases)
        _record(connection, "spend", scores.spend)
    progress.step("score", 1.0, f"{len(rfm):,} customers")


def _add_columns(connection: Connection, frame: pd.DataFrame) -> None:
    """A number that is no number is NULL."""
    casts = ", ".join(
        f"cast(case when isnan({name}) then null else {name} end as double) as {name}" for name in COLUMNS
    )
    connection.register("scores", frame)
    added.add(connection, "scores", f"select cast(customer_key as uinteger) as customer_key, {casts} from scores")
    connection.unregister("scores")


def _record(connection: Connection, target: str, fitted: Fitted) -> None:
    _insert(
        connection, target, fitted.model, fitted.engine, str(fitted.status), fitted.message, int(fitted.n_customers),
        _finite(fitted.log_likelihood), _json(fitted.parameters), _json(fitted.standard_errors), fitted.at_bound,
        fitted.time_unit, _observed_until(connection), fitted.to_json(),
    )  # fmt: skip


def _record_failure(connection: Connection, error: TenureError, model: str, customers: int) -> None:
    status = "not_enough_data" if isinstance(error, NotEnoughData) else "not_converged"
    until = _observed_until(connection)
    for target, name in (("purchases", model), ("spend", "gamma_gamma")):
        _insert(
            connection, target, name, "tenure", status, error.sentence(), customers, None, "{}", "{}", False, "day",
            until, None,
        )  # fmt: skip
    connection.execute(
        "insert into quality.unscored_customers select customer_id, ? from marts.customers", [error.message]
    )


def _insert(connection: Connection, *values: object) -> None:
    connection.execute(f"insert into meta.models values ({', '.join('?' for _ in values)})", list(values))


def _observed_until(connection: Connection) -> date | None:
    until: date | None = connection.execute("select observed_until from staging.observation").fetchall()[0][0]
    return until


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _json(values: Mapping[str, float]) -> str:
    return json.dumps({name: _finite(float(value)) for name, value in values.items()})
