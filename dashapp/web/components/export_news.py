"""Says on whatever page its reader is by then that an export which was being made has ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dash import Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashapp.store.jobs import Job
from dashapp.web import identity
from dashapp.web.components.ids import ids
from dashapp.web.door import SIGNED_IN

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

NEWS_SECONDS, SOON_SECONDS = 60, 5
"How often an open page asks for news, and how often while an export is being made."
(WATCHED,) = ids("shell", "exports")


def layout() -> Component:
    """Remembers, until the page is loaded anew, what was still being made when it was last asked."""
    return dcc.Store(id=WATCHED)


def news(jobs: list[Job], watched: Any) -> tuple[Job | None, list[int]]:
    """The newest watched job that has ended since, and what to watch from here."""
    known = {one for one in watched if isinstance(one, int)} if isinstance(watched, list) else set()
    ended = [job for job in jobs if job.over and job.id in known]
    return (ended[0] if ended else None), [job.id for job in jobs if not job.over]


def words(job: Job) -> tuple[Any, str]:
    """What to say of a job that has ended, and what to do next."""
    if job.state == "done" and job.result:
        return ["Your export is ready: ", html.A(str(job.result["name"]), href=f"/exports/{job.result['file']}")], ""
    return [f"Your export was not made: {job.message} ", html.A("My exports", href="/exports")], job.hint


def wire(door: Door, services: Services, tick: str, toast: str, message: Callable[..., Component]) -> None:
    """Ask with the clock of the shell. `tick` and `toast` are its ids, `message` makes a toast."""

    @door.callback(
        Output(toast, "children", allow_duplicate=True), Output(WATCHED, "data"), Output(tick, "interval"),
        Input(tick, "n_intervals"), State(WATCHED, "data"), requires=SIGNED_IN, quiet=True,
        prevent_initial_call="initial_duplicate",
    )  # fmt: skip
    def _(_tick: Any, watched: Any) -> tuple[Any, Any, Any]:
        reader = identity.principal()
        if not reader.may("exports:run"):
            return no_update, no_update, no_update
        ended, still = news(services.exports.jobs(reader), watched)
        told = no_update if ended is None else message(*words(ended), "success" if ended.state == "done" else "warning")
        return told, no_update if still == watched else still, (SOON_SECONDS if still else NEWS_SECONDS) * 1000
