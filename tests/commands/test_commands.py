"""The command line as an administrator meets it: links instead of passwords, masked secrets, exit codes that mean."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from dashapp import settings
from dashapp.__main__ import build
from dashapp.services.login import Login
from dashapp.store import state
from dashapp.store.journal import HEAD_FILE, Journal
from tests.people import GOOD_PASSWORD

ROOT = Path(__file__).resolve().parents[2]
STRONG = "Zk3vQ9xW2mT7rB5nH8jL4pD6sF1gC0yA"


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TENURE_DATA_DIR", str(tmp_path))
    return tmp_path


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(build(), arguments, catch_exceptions=True)


def _login() -> Login:
    given = settings.load()
    engine = state.open(given)
    return Login(given, engine, Journal.open(given, engine))


def test_a_new_user_gets_a_link_that_works() -> None:
    answer = _run("users", "add", "Ann", "--role", "analyst").output
    token = re.search(r"http://127\.0\.0\.1:8050/welcome/(\S+)", answer)
    assert token
    session = _login().redeem_link(token[1], GOOD_PASSWORD, "10.0.0.1", "test")
    principal = _login().principal(session)
    assert principal
    assert (principal.user_name, principal.role.value) == ("ann", "analyst")


def test_the_list_shows_who_can_come_in() -> None:
    for name in ("ann", "bob"):
        _run("users", "add", name)
    _run("users", "disable", "bob")
    lines = _run("users", "list").output.splitlines()
    assert [re.split(r" {2,}", line.strip())[:3] for line in lines[1:]] == [
        ["ann", "viewer", "no password yet"],
        ["bob", "viewer", "disabled"],
    ]


def test_a_role_is_assigned_and_a_disabled_account_gets_no_link() -> None:
    _run("users", "add", "ann")
    assert _run("users", "role", "ann", "operator").output == "ann is now operator.\n"
    assert "/welcome/" in _run("users", "link", "ANN").output
    _run("users", "disable", "ann")
    assert "no enabled account" in str(_run("users", "link", "ann").exception)
    _run("users", "enable", "ann")
    assert "/welcome/" in _run("users", "link", "ann").output


def test_the_effective_settings_are_valid_and_tell_no_secret(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENURE_SECRET_KEY", STRONG)
    monkeypatch.setenv("TENURE_SECRET_KEY_FALLBACKS", f'["{STRONG[::-1]}"]')
    monkeypatch.setenv("TENURE_STATE_URL", "postgresql://tenure:hunter2@db/tenure")
    answer = _run("config").output
    assert not any(hidden in answer for hidden in (STRONG, STRONG[::-1], "hunter2"))
    assert f'data_dir: "{installation}"' in answer
    assert {line.partition(":")[0] for line in answer.splitlines()} == set(settings.Settings.model_fields)


def test_the_journal_is_listed_and_verified_against_a_noted_head(installation: Path) -> None:
    _run("users", "add", "ann")
    assert "account:added" in _run("audit", "list", "--event", "account:added").output
    verified = _run("audit", "verify")
    assert verified.exit_code == 0
    head = verified.output.splitlines()[-1]
    _run("users", "disable", "ann")
    assert _run("audit", "verify", "--head", head).exit_code == 0
    with state.open(settings.load()).begin() as connection:
        connection.execute(text("DROP TRIGGER journal_no_delete"))
        connection.execute(text("DELETE FROM journal"))
    (installation / "state" / HEAD_FILE).unlink()
    broken = _run("audit", "verify", "--head", head)
    assert broken.exit_code == 1
    assert "does not hold" in broken.output


def test_an_expected_error_is_a_sentence_with_an_exit_code() -> None:
    command = [sys.executable, "-m", "dashapp", "users", "disable", "nobody"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 2
    assert answer.stderr == "There is no account of that name. `users list` shows all of them.\n"
