"""An import as far as a test wants it: a file over HTTP, and jobs that found what the test says."""

from __future__ import annotations

import io
from copy import deepcopy
from typing import Any

from dashapp.services.access import Role
from dashapp.services.import_desk import Desk
from dashapp.store import accounts, jobs
from dashapp.store.jobs import Ending, Job
from dashapp.store.state import reading, writing
from dashapp.web import identity
from tests.web.conftest import SAME_ORIGIN, House

GERMAN = (
    "Bestellnr;Datum;Kunde;Artikel;Menge;Einzelpreis\n"
    "1001;03.04.2024;K1;Tasse;2;4,50\n"
    "1002;05.04.2024;K2;Kanne;1;19,90\n"
)
PROFILE: dict[str, Any] = {
    "file_name": "bestellungen.csv",
    "format": "csv",
    "encoding": "utf-8",
    "encodings": ["utf-8"],
    "delimiter": ";",
    "sheets": [],
    "rows_sampled": 2,
    "source": None,
    "entity": "order_lines",
    "columns": [
        {"name": name, "samples": samples, "empty_share": empty, "proposals": proposals}
        for name, samples, empty, proposals in (
            ("Bestellnr", ["1001", "1002"], 0.0, [{"canonical": "order_id", "confidence": 0.95, "why": "The name."}]),
            ("Datum", ["03.04.2024"], 0.0, [{"canonical": "ordered_at", "confidence": 0.9, "why": "Dates."}]),
            ("Kunde", ["K1", "K2"], 0.02, [{"canonical": "customer_id", "confidence": 0.7, "why": "The name."}]),
            ("Artikel", ["<b>Tasse</b>"], 0.0, [{"canonical": "product_name", "confidence": 0.5, "why": "Words."}]),
            ("Menge", ["2", "1"], 0.0, [{"canonical": "quantity", "confidence": 0.95, "why": "The name."}]),
            ("Einzelpreis", ["4,50"], 0.0, [{"canonical": "unit_price", "confidence": 0.95, "why": "The name."}]),
        )
    ],
    "matches": {},
    "missing": [],
    "questions": [
        {
            "key": "date_format",
            "column": "Datum",
            "sentence": "Which comes first, the day or the month?",
            "options": [
                {"value": "%d.%m.%Y", "label": "Day first", "example": "03.04.2024 is 3 April 2024",
                 "sets": {"date_format": "%d.%m.%Y"}},
                {"value": "%m.%d.%Y", "label": "Month first", "example": "03.04.2024 is 4 March 2024",
                 "sets": {"date_format": "%m.%d.%Y"}},
            ],
        },
        {
            "key": "shop.currency",
            "column": "",
            "sentence": "In which currency are the prices?",
            "options": [
                {"value": "EUR", "label": "Euro", "example": ""},
                {"value": "CHF", "label": "Franc", "example": ""},
            ],
        },
    ],
    "mapping": {
        "shop": {"name": "Shop"},
        "delimiter": ";",
        "decimal_comma": True,
        "entities": {
            "order_lines": {
                "files": "bestellungen.csv",
                "columns": {
                    "order_id": "Bestellnr", "ordered_at": "Datum", "customer_id": "Kunde", "product_name": "Artikel",
                    "quantity": "Menge", "unit_price": "Einzelpreis",
                },
            }
        },
    },
}  # fmt: skip
"As `python -m etl profile --json` ends."
PLAN: dict[str, Any] = {
    "batches": [
        {"batch_id": "a", "entity": "order_lines", "file_name": "delivery.csv", "accepted_lines": 12031,
         "rejected_lines": 17, "known": False},
        {"batch_id": "b", "entity": "order_lines", "file_name": "old.csv", "accepted_lines": 5, "rejected_lines": 0,
         "known": True},
    ],
    "findings": [
        {"check_id": "x", "severity": "warn", "title": "Every line has a customer", "offending_rows": 3,
         "amount": "12.5", "help": "Look."},
    ],
    "unchanged": False,
    "stopped": False,
    "sentence": "A refresh would publish a new snapshot.",
    "currency": "EUR",
    "rows": [
        {"entity": "order_lines", "added": 12031, "replaced": 84, "removed": 0, "rejected": 17, "examples": {}},
    ],
    "headlines": [
        {"name": "orders", "before": "100", "after": "4100"},
        {"name": "net_sales", "before": None, "after": "81234.5"},
    ],
    "rejects": [
        {"reason": "bad_date", "sentence": "The date does not exist.", "column": "Datum", "lines": 17,
         "amount": "99.5", "repair": "Correct the dates in the file.",
         "examples": [{"line": 7, "value": "31.02.2024", "row": "7;31.02.2024;<script>alert(1)</script>"}]},
    ],
}  # fmt: skip
"As `python -m etl plan --json` ends."


def upload(house: House, content: str = GERMAN, name: str = "Bestellungen.csv", role: str = "operator") -> str:
    """The id of a new upload."""
    data = {"file": (io.BytesIO(content.encode()), name)}
    answer = house.client(role).post("/uploads", data=data, headers=SAME_ORIGIN)
    assert answer.status_code == 201, answer.text
    return str(answer.json["upload_id"])


def desk(house: House, upload_id: str, role: str = "operator") -> Desk:
    """The import as that role has it."""
    services = house.services
    with reading(services.engine) as connection:
        account = accounts.by_name(connection, role)
    assert account is not None
    return Desk.open(services, identity.Principal(account.user_id, role, Role(role), ""), upload_id)


def finish(house: House, job: Job, result: dict[str, Any] | None, message: str = "") -> None:
    """End a queued job as the worker would: done with a result, or failed with a message."""
    with writing(house.services.engine) as connection:
        while (claimed := jobs.claim(connection, "w", house.services.clock())) is not None and claimed.id != job.id:
            jobs.end(connection, claimed, Ending("cancelled", "Not this one."), house.services.clock())
        assert claimed is not None
        ending = Ending("failed", message, "Hint.") if result is None else Ending("done", "", result=deepcopy(result))
        jobs.end(connection, claimed, ending, house.services.clock())


def profiled(house: House, profile: dict[str, Any] = PROFILE) -> str:
    """The id of an upload that has been looked at."""
    upload_id = upload(house)
    finish(house, desk(house, upload_id).start("profile", {"upload": upload_id}), profile)
    return upload_id
