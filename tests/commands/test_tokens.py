"""`python -m dashapp tokens`: shown once, listed without, ended at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dashapp import settings
from dashapp.__main__ import build
from dashapp.services import services
from dashapp.services.access import Role


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TENURE_DATA_DIR", str(tmp_path))
    _run("users", "add", "opal", "--role", "operator")
    return tmp_path


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(build(), arguments, catch_exceptions=True)


def test_a_token_is_printed_once_and_works_until_it_is_revoked() -> None:
    scopes = ("--scope", "refresh:run", "--scope", "customers:read")
    made = _run("tokens", "add", "erp", "--owner", "opal", *scopes, "--days", "7")
    text = re.search(r"^tenure_\S{43}$", made.output, re.MULTILINE)
    assert text
    tokens = services.build(settings.load()).tokens
    assert tokens.principal(text[0], "10.0.0.1").role is Role.OPERATOR
    listed = _run("tokens", "list").output
    assert re.search(r"erp +opal +alive +\d{4}-\d\d-\d\d +\d{4}\S+ \d\d:\d\d +customers:read refresh:run", listed)
    assert text[0] not in listed
    assert _run("tokens", "revoke", "erp").output == "erp is revoked.\n"
    assert "revoked" in _run("tokens", "list").output


def test_a_token_without_a_scope_or_for_nobody_is_refused() -> None:
    assert _run("tokens", "add", "erp", "--owner", "opal").exit_code == 2
    refused = _run("tokens", "add", "erp", "--owner", "nobody", "--scope", "customers:read")
    assert "no enabled account" in str(refused.exception)
    assert _run("tokens", "add", "erp", "--owner", "opal", "--scope", "refresh:run", "--days", "400").exit_code == 2
