"""Numbers, keys, categories, limits and figures of complaints: pure rules, without a database."""

from datetime import date
from pathlib import Path

import pytest

from zhikong.hospital.functions.complaints import rules_intake_keys as keys
from zhikong.hospital.functions.complaints.rules_intake_figures import Counted, figures, rate
from zhikong.hospital.functions.complaints.rules_intake_pack import (
    Rules,
    days_of,
    parse,
    retain_until,
    suggest,
)
from zhikong.site.discovery import PACKAGE

FILE = PACKAGE / "packs/national/complaint_rules/standard.yaml"


@pytest.fixture(scope="module")
def rules() -> Rules:
    found = parse(FILE.read_text("utf-8"), file=FILE)
    assert isinstance(found, Rules), found
    return found


def test_number_and_key_come_from_the_nonce_and_tell_nothing_of_order():
    number, key = keys.number_and_key("secret", "one")
    assert (len(number), len(key)) == (8, keys.KEY_LENGTH)
    assert keys.number_and_key("secret", "one") == (number, key)
    assert keys.number_and_key("secret", "two")[0] != number
    assert keys.number_and_key("other", "one")[0] != number
    assert set(key) <= set(keys.LETTERS)


def test_a_key_is_recognised_however_it_is_typed_and_fits_its_number_only():
    number, key = keys.number_and_key("secret", "one")
    kept = keys.key_hash("secret", number, key)
    assert key not in kept
    assert keys.same_key("secret", number, f" {key[:4].lower()}-{key[4:]} ", kept)
    assert not keys.same_key("secret", "10000000", key, kept)
    assert not keys.same_key("secret", number, "22222222", kept)
    assert not keys.same_key("secret", number, key, "")


def test_one_person_is_known_by_the_digits_of_a_number_and_only_in_one_hospital():
    mark = keys.person_print("secret", 1, "+86 138-0013-8000")
    assert mark == keys.person_print("secret", 1, "13800138000")
    assert mark != keys.person_print("secret", 2, "13800138000")
    assert keys.person_print("secret", 1, "不留") == ""


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("护士态度不好，很不耐烦", "manner"),
        ("多收了两百块，要退费", "fee"),
        ("手术后感染", "treatment"),
        ("天气真好", ""),
        ("护理和收费", ""),
    ],
)
def test_a_category_is_suggested_only_where_one_is_ahead(rules, said, category):
    assert suggest(rules, said) == category


def test_several_departments_take_the_place_of_the_ordinary_limit(rules):
    assert [c.id for c in rules.applying("received", several=False, letter=False)] == ["accept", "answer"]
    assert [c.id for c in rules.applying("received", several=True, letter=False)] == [
        "accept",
        "answer_several",
    ]
    assert [c.id for c in rules.applying("letter", several=False, letter=True)] == ["letter"]


def test_a_statutory_limit_can_be_made_shorter_and_never_longer(rules):
    limits = {clock.id: clock for clock in rules.clocks}
    assert days_of(limits["answer"], {"answer": 3}) == 3
    assert days_of(limits["answer"], {"answer": 30}) == 5
    assert days_of(limits["report"], {"report": 7}) == 7


def test_what_is_wrong_in_the_rules_is_told_by_line(rules):
    text = FILE.read_text("utf-8").replace("replaces: answer,", "replaces: nothing,")
    assert "没有时限 nothing" in parse(text, file=Path("x.yaml"))[0].message
    twice = FILE.read_text("utf-8").replace("{id: nursing,", "{id: treatment,")
    assert "不能重复" in parse(twice, file=Path("x.yaml"))[0].message


def test_kept_to_the_end_of_the_year():
    assert retain_until(date(2026, 3, 1), 5) == date(2031, 12, 31)


def one(**changes) -> Counted:
    told = {
        "month": "2026-10", "department": "CARD", "department_name": "心内", "category": "fee", "channel": "phone", "closed": True,
        "answered": True, "in_time": True, "days": 3, "communication": False, "founded": True, "repeat": False, "score": None,
        "refunded_fen": 0,
    } | changes  # fmt: skip
    return Counted(**told)


@pytest.mark.proves("CMP-15", "CMP-22", "X-29")
def test_figures_by_the_seeds_formulas_and_unknown_is_not_zero():
    rows = [
        one(communication=True, score=5), one(communication=None, in_time=False, days=9, score=2), one(closed=False, repeat=True),
        one(answered=False, closed=False, days=None, in_time=None, communication=None, refunded_fen=12_050),
    ]  # fmt: skip
    found = figures("全院", rows, discharges=1_500, visits=18_500)
    assert (found.count, found.closed_share, found.median_days) == (4, 50, 3)
    assert found.in_time_share == pytest.approx(200 / 3)
    assert found.communication_share == 50
    assert (found.satisfied_share, found.mean_score) == (50, 3.5)
    assert (found.repeat_share, found.refunded_fen) == (25, 12_050)
    assert found.per_10000_persons == 2
    assert found.per_1000_discharges == pytest.approx(4 / 1.5)
    assert figures("全院", rows, discharges=1_500).per_10000_persons is None
    assert figures("全院", []).closed_share is None
    assert rate(3, 0, 1_000) is None
