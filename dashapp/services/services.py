"""Everything a page, callback or route may use, built once per process and handed down. Nothing here is global."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from dashapp.services.ahead import Ahead
from dashapp.services.annotations import Annotations
from dashapp.services.computations import Computations
from dashapp.services.export_desk import ExportDesk
from dashapp.services.jobs import Jobs
from dashapp.services.login import Login
from dashapp.services.quality import Quality
from dashapp.services.scenarios import Scenarios
from dashapp.services.schedules import Schedules
from dashapp.services.segments import Segments
from dashapp.services.tokens import Tokens
from dashapp.services.uploads import Uploads
from dashapp.services.views import Views
from dashapp.settings import Settings
from dashapp.store import secret, state
from dashapp.store.journal import Journal
from dashapp.store.results import ResultStore, open_results
from dashapp.store.secret import Secret
from dashapp.store.snapshot import Snapshots
from dashapp.store.state import Clock


@dataclass(frozen=True, slots=True)
class Services:
    """The rooms of the house that the web may enter."""

    settings: Settings
    snapshots: Snapshots
    engine: Engine
    "The state database."
    login: Login
    tokens: Tokens
    journal: Journal
    jobs: Jobs
    exports: ExportDesk
    schedules: Schedules
    scenarios: Scenarios
    quality: Quality
    uploads: Uploads
    views: Views
    segments: Segments
    annotations: Annotations
    ahead: Ahead
    results: ResultStore
    computations: Computations
    clock: Clock
    "The present, UTC; tests bring their own."
    secret: Secret


def build(settings: Settings, clock: Clock = state.now) -> Services:
    """The services of this installation. Opens the state database; snapshots and cache open when first asked for.

    Raises SettingsError, StateUnavailable.
    """
    engine = state.open(settings)
    journal = Journal.open(settings, engine, clock)
    keys = secret.read(settings)
    results = open_results(settings, keys.key("cache"))
    jobs = Jobs(settings, engine, journal, clock)
    return Services(
        settings=settings,
        snapshots=Snapshots(settings),
        engine=engine,
        login=Login(settings, engine, journal, clock),
        tokens=Tokens(engine, journal, clock),
        journal=journal,
        jobs=jobs,
        exports=ExportDesk(settings, engine, journal, jobs, clock),
        schedules=Schedules(settings, engine, journal, clock),
        scenarios=Scenarios(engine, journal, clock),
        quality=Quality(engine, journal, clock),
        ahead=Ahead(settings.looks_ahead),
        annotations=Annotations(engine, journal, clock),
        uploads=Uploads(settings, engine, journal, clock),
        views=Views(engine, journal, clock),
        segments=Segments(engine, journal, clock),
        results=results,
        computations=Computations(results, settings),
        clock=clock,
        secret=keys,
    )
