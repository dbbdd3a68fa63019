"""Rules over the data: one SQL file = one rule, whose rows are what offends it. A failed stop ends the refresh."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from dashapp.discovery import documents
from dashapp.errors import QualityStop
from etl.progress import Progress
from etl.work import Connection

CHECKS = Path(__file__).with_name("checks")
HEADER = re.compile(r"^-- (title|dimension|severity|table|help): (.+)$", re.MULTILINE)
DIMENSIONS = ("completeness", "uniqueness", "conformity", "consistency", "timeliness")
SEVERITIES = ("stop", "warn", "info")
ROWS_KEPT = 100
REJECTS_KEPT = 10_000

TABLES = f"""
    create table quality.check_results (
        check_id VARCHAR, dimension VARCHAR, severity VARCHAR, table_name VARCHAR, status VARCHAR,
        offending_rows BIGINT, checked_rows BIGINT, amount DECIMAL(16,2), title VARCHAR, help VARCHAR
    );
    create table quality.offending_rows (check_id VARCHAR, row_json VARCHAR);
    create table quality.rejects as select * from raw.rejects order by batch_id, line_number limit {REJECTS_KEPT};
    create table quality.reject_counts as
        select entity, reason, cast(count(*) as bigint) as lines, cast(sum(amount) as decimal(16, 2)) as amount
        from (select entity, amount, trim(unnest(string_split(reasons, ','))) as reason from raw.rejects) as reasons
        group by entity, reason;
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what must hold, how bad it is when it does not, and what to do then."""

    check_id: str
    title: str
    dimension: str
    severity: str
    table: str
    help: str
    sql: str


@dataclass(frozen=True, slots=True)
class Result:
    """How a rule went."""

    rule: Rule
    offending_rows: int
    checked_rows: int
    amount: Decimal | None
    "Money on the offending rows, where the rule counts it."

    @property
    def failed(self) -> bool:
        return self.offending_rows > 0

    @property
    def stops(self) -> bool:
        return self.failed and self.rule.severity == "stop"


def rules() -> tuple[Rule, ...]:
    """Every rule, by name. Raises ValueError on an unusable header."""
    return tuple(_read(path) for path in documents(CHECKS).values())


def check(connection: Connection, progress: Progress) -> tuple[Result, ...]:
    """Apply every rule and keep the results in quality.*. Raises QualityStop after the last when one says stop."""
    results = run(connection, progress)
    if stopping := [result for result in results if result.stops]:
        first = stopping[0]
        titles = "; ".join(f"{item.rule.title}: {item.offending_rows:,} rows do not comply" for item in stopping)
        raise QualityStop(f"The data was not published. {titles}.", first.rule.help)
    return results


def run(connection: Connection, progress: Progress) -> tuple[Result, ...]:
    """The same without the stop: for `python -m etl check`."""
    connection.execute(TABLES)
    every = rules()
    results = []
    for number, rule in enumerate(every):
        progress.step("check", number / len(every), rule.title)
        results.append(_apply(connection, rule))
    failed = sum(result.failed for result in results)
    progress.step("check", 1.0, f"{len(every)} rules, {failed} with findings")
    return tuple(results)


def _apply(connection: Connection, rule: Rule) -> Result:
    connection.execute(f"create or replace temp table offending as {rule.sql}")
    columns = [row[0] for row in connection.execute("describe offending").fetchall()]
    amount = "cast(sum(amount) as decimal(16, 2))" if "amount" in columns else "cast(null as decimal(16, 2))"
    counts = f"select count(*), (select count(*) from {rule.table}), {amount} from offending"
    offending, checked, money = connection.execute(counts).fetchall()[0]
    result = Result(rule, offending, checked, money)
    connection.execute(
        "insert into quality.check_results values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [rule.check_id, rule.dimension, rule.severity, rule.table, "failed" if result.failed else "passed", offending,
         checked, money, rule.title, rule.help],
    )  # fmt: skip
    connection.execute(
        f"""insert into quality.offending_rows
            select ?, cast(to_json(kept) as varchar) from (from offending order by all limit {ROWS_KEPT}) as kept""",
        [rule.check_id],
    )
    return result


def _read(path: Path) -> Rule:
    text = path.read_text(encoding="utf-8")
    head = dict(HEADER.findall(text))
    if head.get("dimension") not in DIMENSIONS or head.get("severity") not in SEVERITIES:
        raise ValueError(f"{path.name}: dimension must be one of {DIMENSIONS}, severity one of {SEVERITIES}")
    sql = re.sub(r"^--.*$\n?", "", text, flags=re.MULTILINE)
    return Rule(path.stem, head["title"], head["dimension"], head["severity"], head["table"], head["help"], sql)
