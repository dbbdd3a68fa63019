"""Settings are layered, frozen and refuse what they do not know."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashapp import settings
from dashapp.errors import SettingsError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TENURE_DATA_DIR", str(tmp_path))
    return tmp_path


def test_flags_beat_variables_beat_the_file_beat_defaults(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "tenure.yaml").write_text("port: 1111\nweb_threads: 3\nhorizon_days: 90\n")
    monkeypatch.setenv("TENURE_PORT", "2222")
    monkeypatch.setenv("TENURE_WEB_THREADS", "4")
    loaded = settings.load(port=3333)
    assert (loaded.port, loaded.web_threads, loaded.horizon_days, loaded.keep_snapshots) == (3333, 4, 90, 5)


def test_a_flag_that_was_not_given_does_not_count(home: Path) -> None:
    assert settings.load(port=None).port == 8050


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("prot: 1\n", "prot"),
        ("annual_discount_rate: -0.1\n", "annual_discount_rate"),
        ("- a list\n", "key: value"),
        ("a: [unclosed\n", "not valid YAML"),
        ("secret_key: short\n", "secret_key"),
        (f"secret_key: {'a' * 40}\n", "secret_key"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_name(home: Path, content: str, named: str) -> None:
    (home / "tenure.yaml").write_text(content)
    with pytest.raises(SettingsError, match=named):
        settings.load()


def test_an_unknown_variable_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENURE_PROT", "1")
    with pytest.raises(SettingsError, match="TENURE_PROT"):
        settings.load()


def test_a_named_file_that_is_absent_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENURE_CONFIG", str(home / "none.yaml"))
    with pytest.raises(SettingsError, match="TENURE_CONFIG"):
        settings.load()


def test_settings_cannot_be_changed(home: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings.load().port = 1  # type: ignore[misc]


def test_folders_are_private(home: Path) -> None:
    assert settings.load(data_dir=home / "new").folder("state").stat().st_mode & 0o777 == 0o700
