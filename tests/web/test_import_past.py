"""Earlier imports: an import undone while it is the newest, a version brought back, refused rows read again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dashapp.errors import InputError
from dashapp.services import earlier_imports
from dashapp.services.import_desk import Desk
from dashapp.store import deliveries, mappings
from dashapp.store.jobs import Job
from dashapp.web.components import runs
from dashapp.web.pages import import_data as page
from tests.web.conftest import House
from tests.web.importing import PLAN, finish
from tests.web.test_import_page import _json, _room, desk_reader, fresh, ready, shop, shown, words_of

__all__ = ["_room", "shop"]
START: dict[str, Any] = {}
"An address without a file: the first step."


def batch(number: int, **changes: Any) -> dict[str, Any]:
    record = {"batch_id": f"{number:016x}", "entity": "order_lines", "file_name": f"file-{number}.csv",
              "file_sha256": str(number), "accepted_rows": 100, "rejected_rows": 0}  # fmt: skip
    return record | changes


def version(
    number: int, batches: list[int], made_at: str = "2099-01-01T00:00:00+00:00", **changes: Any
) -> dict[str, Any]:
    made = {"number": number, "before": number - 1 or None, "made_at": made_at, "actor": "user:bea",
            "manner": "append", "source": "csv_folder", "files": [f"file-{number}.csv"],
            "accepted_rows": 100, "rejected_rows": 3}  # fmt: skip
    return {"delivery": made | changes, "batches": batches}


def loaded(folder: Path, current: int, *versions: dict[str, Any], batches: list[dict[str, Any]] | None = None) -> None:
    """A lake as far as its manifest goes."""
    records = batches if batches is not None else [batch(1), batch(2), batch(3)]
    content = {"current": current, "versions": list(versions), "batches": records}
    (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def lake(shop: House) -> Iterator[Path]:
    folder = shop.services.settings.folder("lake")
    yield folder
    (folder / "manifest.json").unlink(missing_ok=True)
    mappings_left = mappings.names(shop.services.settings)
    for name in mappings_left:
        mappings.remove(shop.services.settings, name)


def imported(shop: House, made: int, published: bool = True) -> Desk:
    """A file whose import made this version of the data."""
    it, choice = ready(shop)
    finish(shop, it.check(choice), PLAN)
    job = fresh(shop, it).confirm()
    result = {"snapshot_id": "000002-ab", "published": published, "counts": {}, "version": made}
    finish(shop, job, result)
    return fresh(shop, it)


@pytest.mark.slow
def test_an_import_is_taken_back_and_can_be_repeated(shop: House, lake: Path) -> None:
    loaded(lake, 2, version(1, [0]), version(2, [0, 1]))
    it = imported(shop, 2)
    assert "Undo this import" in shown(it, "confirm")
    where = {"upload": it.upload.id, "step": "confirm"}
    *_, is_over, _, said = page.acted(shop.services, it.reader, where, lambda it: it.undo())
    assert (is_over, said) == (False, "")
    job = fresh(shop, it).job("undo")
    assert job is not None
    assert job.arguments == {"to": 1, "from": 2}  # never what somebody else loads in the meantime
    assert "Taking the import back" in shown(fresh(shop, it), "confirm")
    loaded(lake, 1, version(1, [0]), version(2, [0, 1]))
    finish(shop, job, {"snapshot_id": "000003-cd", "version": 1, "left": 2})
    words = shown(fresh(shop, it), "confirm")
    assert "Everybody sees snapshot 000003-cd now." in words
    assert page.START in words
    again = fresh(shop, it).confirm()
    assert again.kind == "import"
    assert "Importing the file" in shown(fresh(shop, it), "confirm")


@pytest.mark.parametrize(
    ("current", "made", "why"),
    [
        (3, {}, "another import came after it"),
        (2, {"before": None}, "there was nothing before it"),
        (2, {"made_at": "2020-01-01T00:00:00+00:00"}, "it found the version there and changed nothing"),
    ],
)
@pytest.mark.slow
def test_there_is_no_undo_where_it_would_take_back_something_else(
    shop: House, lake: Path, current: int, made: dict[str, Any], why: str
) -> None:
    loaded(lake, current, version(1, [0]), version(2, [0, 1], **made), version(3, [0, 1, 2]))
    it = imported(shop, 2)
    assert "Undo this import" not in shown(it, "confirm"), why
    with pytest.raises(InputError, match="not the newest"):
        it.undo()


def test_the_first_step_lists_versions_and_leads_back_to_one(shop: House, lake: Path) -> None:
    loaded(lake, 2, version(1, [0]), version(2, [0, 1]))
    words = words_of(shop.services, desk_reader(shop), START)
    assert all(word in words for word in ("2 (in force)", "file-1.csv", "bea", "Back to this version"))
    job = earlier_imports.go_back(shop.services, desk_reader(shop), "1", 2)
    assert (job.kind, job.arguments) == ("undo", {"to": 1, "from": 2})
    assert earlier_imports.go_back(shop.services, desk_reader(shop), "1", 2).id == job.id  # a second click
    assert "Going back to an earlier version" in words_of(shop.services, desk_reader(shop), START)
    finish(shop, job, {"version": 1, "snapshot_id": "000003-cd"})
    live, is_over, *_ = page.watched(shop.services, desk_reader(shop), START)
    assert is_over
    assert "Version 1 of the data is in force" in json.dumps(live, default=_json)


@pytest.mark.parametrize("to", [None, "", "x", "-1", [], {}])
def test_a_version_that_is_no_number_is_refused(shop: House, to: Any) -> None:
    with pytest.raises(InputError):
        earlier_imports.go_back(shop.services, desk_reader(shop), to, 2)


def test_what_was_replayed_is_no_longer_refused(lake: Path) -> None:
    records = [batch(1, rejected_rows=5), batch(2, replays=f"{1:016x}", accepted_rows=3), batch(3, rejected_rows=9)]
    loaded(lake, 1, version(1, [0, 1]), batches=records)  # the third is no part of the version in force
    assert [(left.file_name, left.rows) for left in deliveries.refusing(lake)] == [("file-1.csv", 2)]


def test_refused_rows_are_read_again_by_a_kept_mapping(shop: House, lake: Path) -> None:
    loaded(lake, 1, version(1, [0]), batches=[batch(1, rejected_rows=17)])
    reader = desk_reader(shop)
    words = words_of(shop.services, reader, START)
    assert "17 rows" in words
    assert "Read the refused rows again" not in words  # by which mapping?
    mappings.write(shop.services.settings, "till", {"shop": {"name": "A"}})
    assert "Read the refused rows again" in words_of(shop.services, reader, START)
    answer = page.done(
        shop.services, reader, START, lambda: earlier_imports.read_again(shop.services, reader, f"{1:016x}", "till")
    )
    job = earlier_imports.latest(shop.services, reader)
    assert job is not None
    assert (job.kind, answer[3], answer[-1]) == ("replay", False, "")
    finish(shop, job, {"accepted": 14, "rejected": 3, "snapshot_id": "000003-cd"})
    assert "14 refused rows now count; 3 rows are still refused." in words_of(shop.services, reader, START)


def test_why_a_replay_failed_is_said_and_a_wrong_one_is_refused(shop: House, lake: Path) -> None:
    loaded(lake, 1, version(1, [0]), batches=[batch(1, rejected_rows=17)])
    mappings.write(shop.services.settings, "till", {"shop": {"name": "A"}})
    reader = desk_reader(shop)
    answer = page.done(
        shop.services, reader, START, lambda: earlier_imports.read_again(shop.services, reader, "../x", "till")
    )
    assert answer[-1].startswith("That is not the id of a batch.")
    finish(
        shop, earlier_imports.read_again(shop.services, reader, f"{1:016x}", "till"), None, "It has no column Menge."
    )
    assert "It has no column Menge." in words_of(shop.services, reader, START)


def test_a_damaged_history_does_not_keep_a_file_from_being_chosen(shop: House, lake: Path) -> None:
    (lake / "manifest.json").write_text("{", encoding="utf-8")
    words = words_of(shop.services, desk_reader(shop), START)
    assert "cannot be read" in words
    assert "Drop a file here" in words


def test_looking_at_a_file_and_checking_it_are_no_runs(shop: House, lake: Path) -> None:
    it = imported(shop, 2)
    jobs: tuple[Job, ...] = tuple(job for name in ("profile", "plan", "import") if (job := it.job(name)))
    words = json.dumps(runs.run_list(jobs, datetime.now(UTC)), default=_json)
    shown = {job.kind for job in jobs if f'"/data?run={job.id}"' in words}
    assert shown == {"import"}
