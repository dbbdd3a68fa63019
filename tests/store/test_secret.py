"""The secret key is given or made once, is never guessable, and opens one door per derived key."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

from dashapp.errors import SettingsError
from dashapp.settings import Settings
from dashapp.store import secret

STRONG = "Zk3vQ9xW2mT7rB5nH8jL4pD6sF1gC0yA"


def test_the_file_is_made_once_and_private(embedded: Settings) -> None:
    first = secret.read(embedded)
    file = embedded.data_dir / "state" / secret.FILE_NAME
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert secret.read(embedded).key("cookies") == first.key("cookies")
    assert [path.name for path in file.parent.iterdir()] == [secret.FILE_NAME]


def test_two_installations_have_two_secrets(tmp_path: Path) -> None:
    one, other = (secret.read(Settings(data_dir=tmp_path / name)).key("cookies") for name in "ab")
    assert one != other


def test_readers_at_the_same_moment_get_the_same_key(embedded: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: secret.read(embedded).key("journal"), range(8)))) == 1


def test_every_purpose_has_its_own_key(embedded: Settings) -> None:
    keys = {secret.read(embedded).key(purpose) for purpose in secret.PURPOSES}
    assert len(keys) == len(secret.PURPOSES)
    assert all(len(key) == 32 for key in keys)


def test_a_former_key_is_kept_for_checking_only(tmp_path: Path) -> None:
    old = secret.read(Settings(data_dir=tmp_path, secret_key=STRONG))
    new = secret.read(Settings(data_dir=tmp_path, secret_key=STRONG[::-1], secret_key_fallbacks=(STRONG,)))
    assert new.keys("journal")[1] == old.key("journal")
    assert new.key("journal") != old.key("journal")


@pytest.mark.parametrize(
    "weak",
    [
        "short",
        "a" * 40,
        "CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET",  # Superset's image
        "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",  # Flask's manual
        "c292a0a3aa32397cdb050e233733900f",  # Redash's default
        "django-insecure-h#k2!v9x$0q8w7e6r5t4y3u2i1o0p",
        "my-production-SECRET-KEY-2024-xyzw",
    ],
)
def test_a_guessable_key_stops_the_start(tmp_path: Path, weak: str) -> None:
    with pytest.raises(ValidationError, match="at least 32 characters and"):
        Settings(data_dir=tmp_path, secret_key=weak)
    with pytest.raises(ValidationError, match="at least 32 characters and"):
        Settings(data_dir=tmp_path, secret_key_fallbacks=(weak,))


@pytest.mark.parametrize("content", ["", "password" * 8])
def test_a_file_with_a_guessable_key_stops_the_start(embedded: Settings, content: str) -> None:
    secret.read(embedded)
    (embedded.data_dir / "state" / secret.FILE_NAME).write_text(content)
    with pytest.raises(SettingsError, match="must"):
        secret.read(embedded)


def test_a_file_others_can_read_stops_the_start(embedded: Settings) -> None:
    secret.read(embedded)
    (embedded.data_dir / "state" / secret.FILE_NAME).chmod(0o644)
    with pytest.raises(SettingsError, match="Others can read"):
        secret.read(embedded)
