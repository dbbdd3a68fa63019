"""What the rules found, told to the state database: its history and its issues outlive the snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy.exc import SQLAlchemyError

from dashapp.errors import TenureError
from dashapp.settings import Settings
from dashapp.store import quality, state
from dashapp.store.quality import Outcome, Rule, Run
from etl.check import rules
from etl.progress import Progress
from etl.work import Connection

RESULTS = """
    select check_id, title, dimension, severity, table_name, help, owner, sla_hours, action,
        status, offending_rows, checked_rows, amount, customers, clv
    from quality.check_results
    order by check_id
"""
RULE_COLUMNS = 9
SAMPLES = "select check_id, row_json from quality.offending_rows order by check_id, row_json"


def record(connection: Connection, run: Run, settings: Settings, progress: Progress) -> None:
    """Keep what the rules found in this run, all of it or nothing; once is enough for a published one.

    `connection` is to the working database or to the snapshot. Readers already see the new data, or go on seeing the
    old: a state database that cannot be written is told, not raised.
    """
    outcomes, samples = _outcomes(connection), _samples(connection)
    try:
        engine = state.open(settings)
        try:
            with state.writing(engine) as there:
                if run.snapshot_id is None or not quality.knows(there, run.snapshot_id):
                    quality.record_run(there, run, outcomes, samples)
        finally:
            engine.dispose()
    except (TenureError, SQLAlchemyError, OSError) as error:
        progress.note(f"The quality history has no entry for this run: {error}")


def _outcomes(connection: Connection) -> Sequence[Outcome]:
    """Every rule with how it went, from the tables of the working database."""
    statements = {rule.check_id: rule.sql.strip() for rule in rules()}
    return [
        Outcome(Rule(*(*row[:RULE_COLUMNS], statements[row[0]])), *row[RULE_COLUMNS:])
        for row in connection.execute(RESULTS).fetchall()
    ]


def _samples(connection: Connection) -> Mapping[str, Sequence[str]]:
    rows: dict[str, list[str]] = defaultdict(list)
    for check_id, row in connection.execute(SAMPLES).fetchall():
        rows[check_id].append(row)
    return rows
