"""Settings that make no sense are refused when the application starts."""
from __future__ import annotations

from pathlib import Path

import pytest

from matcher.weighing import GROWTHS, Weighing
from tests.web.settings import SECRET
from web import settings
from web.settings import SettingsError, load_settings


def test_waiting_doubles_every_four_weeks_as_shipped() -> None:
    shipped = load_settings({"SAPUTNIK_SECRET_KEY": SECRET})
    assert Weighing(urgency=shipped.weight_urgency, growth=shipped.weight_growth,
                    points=shipped.weight_points,
                    every_weeks=shipped.weight_every_weeks) == Weighing(growth="doubling")


def test_the_growths_that_can_be_configured_are_those_of_the_matcher() -> None:
    assert settings.GROWTHS == GROWTHS


@pytest.mark.parametrize(("line", "told"), [
    ('growth = "fast"', "[weight] growth must be one of none, linear, steps, squared, doubling"),
    ("every_weeks = 0", "[weight] every_weeks must be a whole number from 1 to 1000"),
    ("points = -1", "[weight] points must be a whole number from 0 to 1000"),
])
def test_a_weight_that_makes_no_sense_is_refused(tmp_path: Path, line: str, told: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(f"[weight]\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        load_settings({"SAPUTNIK_SECRET_KEY": SECRET, "SAPUTNIK_CONFIG": str(own)})
    assert str(refused.value) == told


@pytest.mark.parametrize(("line", "told"), [
    ('office_address = "office@example.org"',
     "[mail] office_address must look like office+{office}@example.org"),
    ('office_address = "office@{office}"',
     "[mail] office_address must look like office+{office}@example.org"),
    (f'office_address = "{"x" * 55}{{office}}@example.org"',
     "[mail] office_address must have at most 62 characters before the @"),
    ('return_address = "bounce@example.org"',
     "[mail] return_address must look like bounce+{token}@example.org"),
])
def test_an_address_without_its_blank_is_refused(tmp_path: Path, line: str, told: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(f"[mail]\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        load_settings({"SAPUTNIK_SECRET_KEY": SECRET, "SAPUTNIK_CONFIG": str(own)})
    assert str(refused.value) == told


OAUTH = """
[oauth]
token_url = "https://provider.example/token"
client_id = "saputnik"
scope = "mail"
"""
MAIL = """
[mail]
user = "appointments@example.org"
sign_in = "oauth"
"""


@pytest.mark.parametrize(("own", "told"), [
    (MAIL, '[oauth] token_url is missing: [mail] sign_in = "oauth" needs it'),
    (OAUTH.replace("saputnik", "") + MAIL, '[oauth] client_id is missing: [mail] sign_in = "oauth" needs it'),
    (OAUTH.replace("https", "http"), "[oauth] token_url must begin with https://, or be empty"),
    (OAUTH + MAIL.replace("oauth", "token"), "[mail] sign_in must be password or oauth"),
    (OAUTH + MAIL + 'security = "none"', '[mail] security must be tls or starttls where sign_in = "oauth"'),
    (OAUTH + '[imap]\nsign_in = "oauth"', "[imap] user must be the mailbox's address, in ASCII"),
])
def test_a_sign_in_without_what_it_needs_is_refused(tmp_path: Path, own: str, told: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(own, encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        load_settings({"SAPUTNIK_SECRET_KEY": SECRET, "SAPUTNIK_CONFIG": str(path)})
    assert str(refused.value) == told


def test_a_mailbox_without_passwords_is_configured_by_its_provider_and_a_secret(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OAUTH + MAIL, encoding="utf-8")
    loaded = load_settings({"SAPUTNIK_SECRET_KEY": SECRET, "SAPUTNIK_CONFIG": str(path),
                            "SAPUTNIK_OAUTH_CLIENT_SECRET": "given with the id"})
    assert (loaded.mail_sign_in, loaded.imap_sign_in, loaded.oauth_client_id, loaded.oauth_client_secret) == (
        "oauth", "password", "saputnik", "given with the id")
