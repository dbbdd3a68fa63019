"""One import in the hands of one person: its file, its jobs, what was decided; all of it outlives a reload."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dashapp.domain.canonical import ORDERS
from dashapp.errors import InputError, NoSnapshot, NotFound
from dashapp.services import import_choice
from dashapp.services.access import Principal
from dashapp.services.import_choice import Choice
from dashapp.services.uploads import file
from dashapp.store import deliveries, mappings
from dashapp.store.deliveries import Delivery
from dashapp.store.jobs import Job, Line
from dashapp.store.uploads import Upload

if TYPE_CHECKING:
    from dashapp.services.services import Services

CHOICE, SAID = "choice", "said"
"Keys of a draft: the choice, and the last one from before the file was looked at anew."
SAMPLE_GOES, CURRENCY_BEFORE = "sample_goes", "currency_before"
"Keys of a draft: whether the import took the place of a demonstration, and the currency of the data until then."
MENDED = "mended"
"Key of a draft: the checks before and after texts were given a meaning."


@dataclass(frozen=True, slots=True)
class Shop:
    """The data that are loaded now; empty words before the first."""

    name: str = ""
    currency: str = ""
    is_sample: bool = False
    "What is shown now is a demonstration; an import takes its place."


@dataclass(frozen=True, slots=True)
class Second:
    """Another file of the same person, which may hold columns of this one."""

    upload: Upload
    columns: tuple[str, ...]
    "Its own, without those it looks up itself."
    is_orders: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """What a step of an import works with."""

    services: Services
    reader: Principal
    upload: Upload

    @classmethod
    def open(cls, services: Services, reader: Principal, upload_id: Any) -> Desk:
        """Raises NotFound, Gone."""
        return cls(services, reader, services.uploads.get(upload_id, reader))

    def job(self, kind: str) -> Job | None:
        """The latest job of that kind for this file."""
        number = self.upload.draft.get(kind)
        return self.services.jobs.get(number, self.reader) if isinstance(number, int) else None

    def log(self, job: Job) -> tuple[Line, ...]:
        return self.services.jobs.log(job.id, self.reader)

    def result(self, kind: str) -> dict[str, Any] | None:
        """What a finished job of that kind found."""
        job = self.job(kind)
        return job.result if job and job.state == "done" else None

    def start(self, kind: str, arguments: dict[str, Any]) -> Job:
        """Ask for a job about this file. A second click on what is under way is the same job.

        Raises InputError, TooManyJobs.
        """
        present = self.job(kind)
        if present and not present.over and present.arguments == arguments:
            return present
        known = json.dumps([self.upload.draft.get(kind), arguments], sort_keys=True)
        key = f"{self.upload.id[:16]}-{hashlib.sha256(known.encode()).hexdigest()[:32]}"
        job = self.services.jobs.enqueue(kind, arguments, self.reader, key)
        self.services.uploads.note(self.upload, **{kind: job.id})
        return job

    def shop(self) -> Shop:
        """Whose data are loaded."""
        try:
            facts = self.services.snapshots.current().facts
        except NoSnapshot:
            return Shop()
        return Shop(is_sample=True) if facts.is_demo else Shop(facts.shop_name or "Shop", facts.currency)

    def profile(self) -> dict[str, Any]:
        """What was found in the file. Raises NotFound before it was looked at."""
        found = self.result("profile")
        if found is None:
            raise NotFound("This file has not been looked at yet.", "Look at it first.")
        return found

    def choice(self) -> Choice:
        """What was decided, or what the profile proposes."""
        if self.upload.draft.get(CHOICE):
            return Choice.from_dict(self.upload.draft[CHOICE])
        shop, said = self.shop(), Choice.from_dict(self.upload.draft.get(SAID))
        choice = import_choice.first(self.profile(), shop.name, shop.currency)
        if said.entity == choice.entity and said.values:
            choice = replace(choice, values=said.values)
        return replace(choice, shop=said.shop or choice.shop, append=said.append) if said.shop else choice

    def keep(self, choice: Choice) -> None:
        """Remember what was decided."""
        if choice.to_dict() != self.upload.draft.get(CHOICE):
            self.services.uploads.note(self.upload, **{CHOICE: choice.to_dict()})

    def look(self) -> Job:
        """Look at the file as if nothing had been said about it."""
        return self._look({}, Choice())

    def look_again(self) -> Job:
        """Look at the file as the last time, with all that was said about it."""
        last = self.job("profile")
        how = {name: value for name, value in last.arguments.items() if name != "upload"} if last else {}
        return self._look(how, Choice.from_dict(self.upload.draft.get(SAID)))

    def look_as(self, choice: Choice, entity: str) -> Job:
        """Look at the file anew with what was said about it; its columns are proposed again."""
        mapping = import_choice.manner_of(self.profile(), choice, entity)
        return self._look({"mapping": mapping, "entity": entity}, choice)

    def look_with(self, mapping_name: str, choice: Choice) -> Job:
        """Look at the file as a kept mapping says. Raises NotFound, MappingError, InputError."""
        return self._look({"mapping_name": mapping_name}, replace(choice, values={}))

    def look_beside(self, choice: Choice, own: Any, there: Any) -> Job:
        """Look at the file anew with the columns of a second file, whose column `there` is the column `own` of this.

        there: `<upload>:<place of the column>`. Raises InputError, NotFound, Gone.
        """
        names = [str(column["name"]) for column in self.profile()["columns"]]
        second = next((item for item in self.others() if str(there).startswith(f"{item.upload.id}:")), None)
        place = str(there).rpartition(":")[2]
        if own not in names or second is None or not place.isdecimal() or int(place) >= len(second.columns):
            raise InputError("No column was chosen.", "Choose a column of each file.")
        by = second.columns[int(place)]
        added = [name for name in second.columns if name and name != by and name not in names]
        if not added:
            raise InputError(f"{second.upload.file_name} has no further columns.", "Choose another file.")
        name = self.services.uploads.attach(self.upload, second.upload)
        lookup = {"file": name, "by": {own: by}, "columns": added}
        return self._look_with_lookups(choice, [*import_choice.lookups_of(self.profile(), choice), lookup])

    def look_alone(self, choice: Choice) -> Job:
        """Look at the file anew without any second file."""
        return self._look_with_lookups(choice, [])

    def others(self) -> list[Second]:
        """The other files of this person that have been looked at; lists that orders refer to first."""
        found = (Desk(self.services, self.reader, upload) for upload in self.services.uploads.of(self.reader))
        told = [(desk.upload, desk.result("profile")) for desk in found if desk.upload.id != self.upload.id]
        seconds = [_second(upload, profile) for upload, profile in told if profile]
        return sorted(seconds, key=lambda second: second.is_orders)

    def _look_with_lookups(self, choice: Choice, lookups: list[dict[str, Any]]) -> Job:
        mapping = import_choice.manner_of(self.profile(), choice)
        part = mapping.setdefault("entities", {}).setdefault(choice.entity, {})
        part["lookups"] = lookups
        return self._look({"mapping": mapping, "entity": choice.entity}, choice)

    def _look(self, how: dict[str, Any], said: Choice) -> Job:
        job = self.start("profile", {"upload": self.upload.id} | how)
        self.services.uploads.note(self.upload, **{CHOICE: None, SAID: said.to_dict()})
        return job

    def check(self, choice: Choice) -> Job:
        """Rehearse the import as chosen. Raises InputError with the first thing that is left to do."""
        profile = self.profile()
        if left := import_choice.problems(profile, choice, is_first=not self.shop().name):
            raise InputError(left[0], "Then check again.")
        self.keep(choice)
        name = file(self.services.settings, self.upload).name
        return self.start("plan", import_choice.arguments(self.upload.id, profile, choice, name))

    def mend(self, values: Mapping[str, Mapping[str, str]]) -> Job:
        """Give texts of the file a meaning, in the place of earlier ones, and check again. Raises InputError."""
        job = self.check(replace(self.choice(), values=values))
        self.services.uploads.note(self.upload, **{MENDED: [self.upload.draft.get("plan"), job.id]})
        return job

    def before_mending(self) -> dict[str, Any] | None:
        """What the check before this one found, where meanings given to texts are what lies between them."""
        before, after = self.upload.draft.get(MENDED) or (None, None)
        if before is None or after != self.upload.draft.get("plan"):
            return None
        return self.services.jobs.get(before, self.reader).result

    def confirm(self) -> Job:
        """Import what was checked, exactly as it was checked. Raises InputError where that cannot be."""
        plan = self.job("plan")
        if plan is None or plan.state != "done" or not plan.result:
            raise InputError("This file has not been checked yet.", "Check it first.")
        if plan.result.get("stopped"):
            raise InputError("A rule stops this file.", "Repair it and upload it again.")
        if self.job("import") is None:
            shop = self.shop()
            self.services.uploads.note(self.upload, **{SAMPLE_GOES: shop.is_sample, CURRENCY_BEFORE: shop.currency})
        return self.start("import", plan.arguments)

    def way_back(self) -> dict[str, int] | None:
        """What takes this import back, while what it made is the newest version of the data and was not the first."""
        job = self.job("import")
        if job is None or not job.result or not job.result.get("published") or not job.started_at:
            return None
        kept = deliveries.read(self.services.settings.folder("lake"))
        made = next((item.delivery for item in kept.versions if item.delivery.number == kept.current), None)
        is_ours = made is not None and made.number == job.result.get("version") and _made_since(made, job.started_at)
        return {"to": made.before, "from": made.number} if made and is_ours and made.before else None

    def undo(self) -> Job:
        """Take this import back. Raises InputError where it is not the newest any more."""
        way = self.way_back()
        if way is None:
            raise InputError("This import is not the newest version of the data.", "See the earlier imports.")
        return self.start("undo", way)

    def mapping_names(self) -> list[str]:
        return mappings.names(self.services.settings)

    def keep_mapping(self, name: str, choice: Choice) -> None:
        """Keep the choice as a mapping under a name, for files of the same layout. Raises InputError."""
        made = import_choice.mapping_of(self.profile(), choice, f"*.{self.upload.format}")
        mappings.write(self.services.settings, name, made)
        detail = {"entity": choice.entity}
        self.services.journal.append("mapping:kept", self.reader.actor, f"mapping:{name}", detail)


def _second(upload: Upload, profile: Mapping[str, Any]) -> Second:
    entity = str(profile.get("entity"))
    looked_up = import_choice.lookups_of(profile, Choice(entity=entity))
    elsewhere = {name for lookup in looked_up for name in lookup["columns"]}
    names = (str(column["name"]) for column in profile["columns"])
    return Second(upload, tuple(name for name in names if name not in elsewhere), entity == ORDERS)


def _made_since(made: Delivery, moment: datetime) -> bool:
    """Whether the version is from `moment` or later; an import that changed nothing finds an older one in force."""
    return datetime.fromisoformat(made.made_at).replace(tzinfo=None) >= moment.replace(microsecond=0, tzinfo=None)
