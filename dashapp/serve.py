"""The whole product as one command: first data, first administrator, worker and web server; Ctrl-C ends all of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from dashapp.errors import NoSnapshot, SettingsError, TenureError
from dashapp.logs import get_logger
from dashapp.services import login
from dashapp.services.services import build
from dashapp.settings import Settings
from dashapp.store.publish import Warehouse

ROOT = Path(__file__).resolve().parents[1]
STARTUP_SECONDS = 120.0
GRACE_SECONDS = 15.0
"How long a server may finish what it is answering."
LOOK_SECONDS = 0.5
WORKER_RESTART_SECONDS = 2.0
Say = Callable[[str], None]

log = get_logger(__name__)


def run(settings: Settings, source: str, *, worker: bool, say: Say) -> int:
    """Serve until told to stop. Returns the exit code. `say` writes to the person at the terminal."""
    _require_free(settings)
    if not _has_snapshot(settings):
        say(f"No data yet: loading the source {source!r}.")
        _refresh(settings, source)
    link = first_link(settings)
    family = _Family(settings)
    signal.signal(signal.SIGTERM, family.stop)
    signal.signal(signal.SIGINT, family.stop)
    try:
        family.start("web", web_command(settings))
        if worker:
            family.start("worker", ["-m", "dashapp", "worker"])
        if family.wait_until_ready():
            say(f"Tenure is ready at {address(settings)}")
            if link:
                say(f"First sign-in, once, within 24 hours: {address(settings)}/welcome/{link}")
        return family.watch()
    finally:
        family.end()


def web_command(settings: Settings) -> list[str]:
    """The web server as arguments of Python: gunicorn, or waitress where there is no fork."""
    bind = f"{settings.host}:{settings.port}"
    if sys.platform == "win32":
        return ["-m", "waitress", f"--listen={bind}", f"--threads={settings.web_threads}", "app:server"]
    return [
        "-m",
        "gunicorn",
        "app:server",
        f"--bind={bind}",
        "--worker-class=gthread",
        f"--workers={settings.web_workers}",
        f"--threads={settings.web_threads}",
        "--no-control-socket",
        "--max-requests=5000",
        "--max-requests-jitter=500",
        "--timeout=60",
        f"--graceful-timeout={GRACE_SECONDS:.0f}",
        "--limit-request-line=8190",
        f"--forwarded-allow-ips={'*' if settings.proxies_count else ''}",
        "--log-level=warning",
    ]


def address(settings: Settings) -> str:
    """Where a browser on this machine finds the server."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - compared, not bound
    return f"{'https' if settings.tls else 'http'}://{host}:{settings.port}"


def first_link(settings: Settings) -> str | None:
    """The one-time token for the first administrator, while nobody has a password."""
    services = build(settings)
    return login.first_admin_link(services.engine, services.login, services.clock)


class _Family:
    """The processes of one run, each under its guard: none outlives us, however we end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._running: dict[str, tuple[Sequence[str], subprocess.Popen[bytes]]] = {}
        self._stopping = False

    def start(self, name: str, command: Sequence[str]) -> None:
        guard = [] if sys.platform == "win32" else [sys.executable, "-m", "dashapp.services.guard"]
        child = subprocess.Popen(
            [*guard, sys.executable, *command],
            cwd=ROOT,
            env=_environment(self._settings),
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C reaches us alone, so that the order of ending is ours
        )
        self._running[name] = (command, child)

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def wait_until_ready(self) -> bool:
        """Whether the web server answers in time."""
        deadline = time.monotonic() + STARTUP_SECONDS
        while time.monotonic() < deadline and not self._stopping and self._running["web"][1].poll() is None:
            if _answers(self._settings):
                return True
            time.sleep(0.1)
        return False

    def watch(self) -> int:
        """Until somebody says stop or the web server ends. A dead worker is started again."""
        web = self._running["web"][1]
        while not self._stopping and web.poll() is None:
            self._revive("worker")
            time.sleep(LOOK_SECONDS)
        return 0 if self._stopping else (web.returncode or 1)

    def end(self) -> None:
        """Ask all to end, the worker first, and kill what does not."""
        children = [child for _, child in reversed(list(self._running.values()))]
        for child in children:
            _signal(child, signal.SIGTERM)
        for child in children:
            try:
                child.wait(GRACE_SECONDS + 5)
            except subprocess.TimeoutExpired:
                _signal(child, signal.SIGKILL)
                child.wait()

    def _revive(self, name: str) -> None:
        if name in self._running and self._running[name][1].poll() is not None:
            command, dead = self._running[name]
            log.error("process died", process=name, code=dead.returncode)
            time.sleep(WORKER_RESTART_SECONDS)
            self.start(name, command)


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """To the process and everything it started; the guard leads a group of its own."""
    if sys.platform == "win32":
        child.terminate()
    elif child.poll() is None:
        os.killpg(child.pid, number)


def _environment(settings: Settings) -> dict[str, str]:
    """What the children are told, so that flags given to us hold for them too."""
    flags = {"DATA_DIR": str(settings.data_dir), "HOST": settings.host, "PORT": str(settings.port)}
    return os.environ | {f"TENURE_{name}": value for name, value in flags.items()}


def _has_snapshot(settings: Settings) -> bool:
    try:
        Warehouse(settings.data_dir / "warehouse").current()
    except NoSnapshot:
        return False
    return True


def _refresh(settings: Settings, source: str) -> None:
    command = [sys.executable, "-m", "etl", "refresh", "--source", source]
    done = subprocess.run(command, cwd=ROOT, env=_environment(settings), check=False)
    if done.returncode:
        raise TenureError("The first data could not be loaded.", "See the lines above.")


def _require_free(settings: Settings) -> None:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            where = f"{settings.host}:{settings.port}"
            raise SettingsError(f"{where} cannot be used: {error.strerror}.", "Give another --port.") from error


def _answers(settings: Settings) -> bool:
    host = address(settings).split("://", 1)[1]
    try:
        with urllib.request.urlopen(f"http://{host}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
