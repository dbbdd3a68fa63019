"""What a rule is: one SQL file with a header. Its id is the name of the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from dashapp.discovery import documents

CHECKS = Path(__file__).with_name("checks")
HEADER = re.compile(r"^-- (\w+): (.+)$", re.MULTILINE)
COMMENT = re.compile(r"^--.*$\n?", re.MULTILINE)
DIMENSIONS = ("completeness", "uniqueness", "conformity", "consistency", "timeliness")
SLA_HOURS = {"stop": 4, "warn": 72, "info": 336}
"Hours until a finding of this severity should be settled, unless the rule says otherwise."
SEVERITIES = tuple(SLA_HOURS)
ACTIONS = ("block", "quarantine", "flag")
NEEDED = ("title", "dimension", "severity", "table", "help")
OPTIONAL = ("owner", "sla_hours", "action", "warn_at", "fail_at", "scope", "join")
SCOPES = ("set", "row")
JOIN = re.compile(r"(desk\.\w+) by (\w+)")
CUSTOMER = ("customer_key", "customer_id")
"Columns of offending rows that name a customer."
ROWS_KEPT = 100


@dataclass(frozen=True, slots=True)
class Threshold:
    """From how many offending rows on a rule counts: a number of rows, or percent of the rows it looked at."""

    value: Decimal
    percent: bool = False

    def reached(self, offending: int, checked: int) -> bool:
        """True from the threshold on; never without an offending row."""
        if not self.percent:
            return offending > 0 and offending >= self.value
        return offending > 0 and offending * 100 >= self.value * checked


ANY = Threshold(Decimal(1))


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
    owner: str
    sla_hours: int
    action: str
    "block: nothing is published; quarantine: the rows were set aside; flag: they count, and are shown here."
    warn_at: Threshold | None
    fail_at: Threshold | None
    scope: str = "set"
    "row: `sql` says what is wrong with a row of the table; set: `sql` selects what offends."
    join: tuple[str, str] | None = None
    "Table of the desk with at most one row for each row of the table, and the column both share."

    def status(self, offending: int, checked: int) -> str:
        """passed, warning or failed: by the highest threshold that is reached."""
        if self.fail_at and self.fail_at.reached(offending, checked):
            return "failed"
        return "warning" if self.warn_at and self.warn_at.reached(offending, checked) else "passed"


@dataclass(frozen=True, slots=True)
class Result:
    """How a rule went."""

    rule: Rule
    offending_rows: int
    checked_rows: int
    amount: Decimal | None
    "Money on the offending rows, where the rule counts it."
    customers: int | None
    "Customers on the offending rows, where they name any."

    @property
    def status(self) -> str:
        """passed, warning or failed."""
        return self.rule.status(self.offending_rows, self.checked_rows)

    @property
    def failed(self) -> bool:
        return self.status == "failed"

    @property
    def stops(self) -> bool:
        return self.failed and self.rule.severity == "stop"


def rules(folder: Path = CHECKS) -> tuple[Rule, ...]:
    """Every rule, by name. Raises ValueError on an unusable header."""
    return tuple(read(path) for path in documents(folder).values())


def read(path: Path) -> Rule:
    """The rule a file states. Raises ValueError, naming the file, on an unusable header."""
    text = path.read_text(encoding="utf-8")
    head = dict(HEADER.findall(text))
    if wrong := _fault(head):
        raise ValueError(f"{path.name}: {wrong}")
    severity = head["severity"]
    warn_at, fail_at = (_threshold(head.get(name)) for name in ("warn_at", "fail_at"))
    return Rule(
        path.stem, head["title"], head["dimension"], severity, head["table"], head["help"],
        COMMENT.sub("", text).strip(),
        head.get("owner", "data operator"),
        int(head.get("sla_hours", SLA_HOURS[severity])),
        head.get("action", "block" if severity == "stop" else "flag"),
        warn_at,
        fail_at if fail_at or warn_at else ANY,
        head.get("scope", "set"),
        (joined[1], joined[2]) if (joined := JOIN.fullmatch(head.get("join", ""))) else None,
    )  # fmt: skip


def _fault(head: dict[str, str]) -> str:
    """What is wrong with a header, in a sentence; empty where nothing is."""
    if missing := [name for name in NEEDED if name not in head]:
        return f"the header lacks {', '.join(missing)}"
    if unknown := head.keys() - {*NEEDED, *OPTIONAL}:
        return f"the header knows no {', '.join(sorted(unknown))}"
    if head["dimension"] not in DIMENSIONS or head["severity"] not in SEVERITIES:
        return f"dimension must be one of {DIMENSIONS}, severity one of {SEVERITIES}"
    action = head.get("action", "")
    if action and (action not in ACTIONS or (action == "block") != (head["severity"] == "stop")):
        return f"action must be one of {ACTIONS}, and block exactly where the severity is stop"
    if head.get("scope", "set") not in SCOPES:
        return f"scope must be one of {SCOPES}"
    if "join" in head and (head.get("scope") != "row" or not JOIN.fullmatch(head["join"])):
        return "join belongs to scope row and reads `desk.table by column`"
    if not head.get("sla_hours", "1").isdigit():
        return "sla_hours must be a whole number"
    if any(_threshold(head.get(name, "1")) is None for name in ("warn_at", "fail_at")):
        return "warn_at and fail_at must be a number of rows or a percentage above zero, for example 0.5 %"
    return ""


def _threshold(text: str | None) -> Threshold | None:
    """
    >>> _threshold("0.5 %"), _threshold("20"), _threshold("-1")
    (Threshold(value=Decimal('0.5'), percent=True), Threshold(value=Decimal('20'), percent=False), None)
    """
    try:
        value = Decimal((text or "").removesuffix("%").strip())
    except InvalidOperation:
        return None
    return Threshold(value, (text or "").endswith("%")) if value > 0 else None
