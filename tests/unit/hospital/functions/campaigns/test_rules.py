"""Presets of campaigns are read with their dates; quotas count by what they are for."""

from datetime import date
from pathlib import Path

import pytest

from zhikong.hospital.functions.campaigns import rules

PACK = Path(rules.__file__).parents[3] / "packs/national/campaign_presets"


@pytest.mark.parametrize("file", sorted(PACK.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_preset_reads_and_its_dates_are_in_order(file):
    preset = rules.parse(file.read_text(), file=file)
    assert not isinstance(preset, list), preset
    for first, last in [(preset.starts, preset.ends), *((a, b) for _n, a, b in preset.stages)]:
        if first and last:
            assert rules.day_of(first, 2027) <= rules.day_of(last, 2027)


def test_there_are_ten():
    assert len(list(PACK.glob("*.yaml"))) == 10


@pytest.mark.parametrize(
    ("words", "expected"),
    [("03-18", date(2027, 3, 18)), ("02-30", date(2027, 2, 28)), ("next-03-01", date(2028, 3, 1)),
     ("next-02-end", date(2028, 2, 29)), ("", None)],
)  # fmt: skip
def test_a_date_without_a_year(words, expected):
    assert rules.day_of(words, 2027) == expected


@pytest.mark.parametrize(
    ("per", "least", "asked", "met"),
    [("day", 800, 2, 1), ("place", 500, 2, 1), ("place_day", 300, 3, 2), ("whole", 1001, 1, 0)],
)
def test_quotas(per, least, asked, met):
    one, two = date(2027, 10, 13), date(2027, 10, 14)
    got = rules.reached(per, least, [(one, "东", 400), (one, "西", 400), (two, "东", 200)])
    assert (got.asked, got.met, got.total) == (asked, met, 1000)


def test_nothing_reported_is_not_reached_and_nearly_all_is_not_all():
    assert not rules.reached("day", 1, []).ok
    assert (rules.percent(199, 200), rules.percent(0, 0)) == (99, None)
