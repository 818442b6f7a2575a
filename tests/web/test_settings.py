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
