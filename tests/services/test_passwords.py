"""What counts as a password, and that hashes are what they should be."""

from __future__ import annotations

import re

import pytest

from dashapp.errors import InputError
from dashapp.services.passwords import Hasher, require_strong


@pytest.fixture(scope="module")
def hasher() -> Hasher:
    return Hasher()


@pytest.mark.parametrize(
    "password",
    [
        "elevenchars",
        "password1234",
        "P@ssw0rd2026!",
        "Passwort!2026",
        "qwertyuiop123",
        "1qaz2wsx3edc4rfv",
        "123456789012",
        "987654321098",
        "iloveyou12345",
        "letmeinletmein",
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "121212121212",
        "correct horse battery staple",
        "welcome-2-tenure",
        "Tenure!2026-01",
        "ann.smith-2026",
        "SMITHannSmith99",
        "Lamps&Rugs 1234",
        "   password   ",
        "trustno1trustno1",
        "Summer2026!!",
        "zxcvbnm,./asdf",
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(InputError, match="password") as refusal:
        require_strong(password, ("ann.smith", "Lamps & Rugs"))
    assert password not in refusal.value.sentence()


@pytest.mark.parametrize(
    "password",
    [
        "kestrel-valve-umbra-otter",
        "tiger guitar winter orange",  # four different common words are a passphrase
        "vX9#qL2mTz8w",
        "83920174628351",
        "пароль из семи слов",
        "パスワードは長いほど良いです。",
        "my annual smithereens report",
        "x" * 40 + "abqz7 wvut",
        "a password may be long and plain",
    ],
)
def test_length_is_enough_and_no_character_is_demanded(password: str) -> None:
    require_strong(password, ("ann.smith", "Lamps & Rugs"))


def test_a_hash_is_argon2id_with_a_salt_of_its_own(hasher: Hasher) -> None:
    first, second = hasher.hash("kestrel-valve-umbra"), hasher.hash("kestrel-valve-umbra")
    assert re.match(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$", first)
    assert first != second


def test_no_part_of_a_long_password_is_cut_off(hasher: Hasher) -> None:
    stored = hasher.hash("é" * 999 + "a")
    assert hasher.matches(stored, "é" * 999 + "a")
    assert not hasher.matches(stored, "é" * 999 + "b")
    assert not hasher.matches(hasher.hash("a" * 72 + "b"), "a" * 72 + "c")


def test_an_accent_matches_however_the_keyboard_composed_it(hasher: Hasher) -> None:
    assert hasher.matches(hasher.hash("caf\u00e9 kestrel umbra"), "cafe\u0301 kestrel umbra")


def test_nobody_and_a_damaged_hash_match_nothing(hasher: Hasher) -> None:
    assert not hasher.matches(None, "kestrel-valve-umbra")
    assert not hasher.matches("$argon2id$broken", "kestrel-valve-umbra")


def test_a_hash_with_other_parameters_is_outdated(hasher: Hasher) -> None:
    assert hasher.outdated(Hasher(memory_kib=8_192, time_cost=1).hash("kestrel"))
    assert not hasher.outdated(hasher.hash("kestrel"))
