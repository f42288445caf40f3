"""Pure rules of samples: same frame and seed, fair shares of work, unannounced days, rankings, themes, identifiers."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from zhikong.engine.stats.sampling import queue
from zhikong.hospital.functions.record_reviews import rules_sampling as rules
from zhikong.hospital.functions.record_reviews.rules_exhibits import cleared, leaks, worth_knowing
from zhikong.hospital.functions.record_reviews.rules_results import (
    DrawnRow,
    Reading,
    agreement_of,
    ranking,
    rate_of,
)
from zhikong.hospital.functions.record_reviews.rules_themes import parse

THEMES = Path(__file__).parents[5] / "zhikong/packs/national/themes/monthly_record_themes.yaml"


def record(n, department="CARD", **said):
    return rules.Record(
        f"s{n}", department, **({"doctor": f"D{n % 4}", "diagnosis": f"I{20 + n % 3}.900"} | said)
    )


FRAME = [record(n, "CARD" if n % 2 else "GSUR", pathway=n % 5 == 0) for n in range(40)]


@pytest.mark.proves("REC-12", "SYS-11")
@pytest.mark.parametrize(
    ("method", "size"),
    [("random", 10), ("quota", 10), ("proportional", 12), ("risk", 12), ("doctors", 20), ("diseases", 15)],
)
def test_each_method_draws_what_it_says_and_again_the_same(method, size):
    rule = rules.Rule(method, per_group=5, total=12, diseases=5 if method == "quota" else 0)
    drawn = rules.draw(FRAME, rule, "seed").drawn
    assert len(drawn) == size == len({one.unit.key for one in drawn})
    assert drawn == rules.draw(FRAME[::-1], rule, "seed").drawn
    assert {one.unit.key for one in drawn} != {one.unit.key for one in rules.draw(FRAME, rule, "other").drawn}


def test_the_fingerprint_is_of_the_content_not_the_order():
    assert rules.frame_hash(FRAME) == rules.frame_hash(FRAME[::-1])
    assert rules.frame_hash(FRAME) != rules.frame_hash([*FRAME[1:], record(0, "CARD")])


def test_risk_is_read_from_the_stay():
    found = rules.risks_of({"discharge_way": "5", "rescues": 2, "days": 31, "red_cells_units": 0})
    assert found == {"died", "rescued", "long"}
    assert rules.Record("s", "CARD", risks=found).weight == 7.0
    assert rules.risks_of({"discharge_way": "1", "days": 30}) == frozenset()


def test_a_share_is_read_twice_and_never_none():
    keys = [f"s{n}" for n in range(25)]
    assert len(rules.read_twice(keys, 20, "x")) == 5
    assert len(rules.read_twice(keys[:3], 10, "x")) == 1
    assert rules.read_twice(keys, 0, "x") == frozenset()


@pytest.mark.proves("REC-12")
def test_unannounced_days_are_working_days_that_follow_from_the_seed():
    days = rules.surprise_days("seed", 2026, 10, 3, lambda day: day.weekday() < 5)
    assert days == sorted(days)
    assert len(days) == 3
    assert all(day.weekday() < 5 and day.month == 10 for day in days)
    assert days != rules.surprise_days("other", 2026, 10, 3, lambda day: day.weekday() < 5)


def test_nobody_reads_his_own_department_or_record_and_work_is_even():
    people = [
        rules.Reviewer(1, frozenset({"CARD"}), "D1"),
        rules.Reviewer(2, frozenset({"GSUR"})),
        rules.Reviewer(3, frozenset(), "D2"),
        rules.Reviewer(4, frozenset()),
    ]
    by_id = {one.id: one for one in people}
    records = {one.stay_id: one for one in FRAME}
    given, lacking = rules.shared_out(
        FRAME, people, readers={one.stay_id: 2 for one in FRAME}, place=queue("x")
    )
    assert lacking == []
    for stay, readers in given.items():
        assert len(set(readers)) == 2
        assert all(rules.may_read(by_id[who], records[stay]) for who in readers)
    loads = Counter(who for readers in given.values() for who in readers)
    assert max(loads.values()) - min(loads.values()) <= 2


def test_too_few_reviewers_are_told():
    own = rules.Reviewer(1, frozenset({"CARD"}))
    given, lacking = rules.shared_out([record(1, "CARD")], [own], readers={}, place=queue("x"))
    assert (given, lacking) == ({"s1": []}, ["s1"])


def reading(row, reviewer, grade, points, **losses):
    return Reading(row, reviewer, grade, points, {k: Decimal(str(v)) for k, v in losses.items()})


@pytest.mark.proves("SYS-11")
def test_agreement_by_pair_and_item_and_what_is_apart():
    first = {
        1: reading(1, 7, "甲级", 95.0, history=1, rounds=0),
        2: reading(2, 8, "乙级", 85.0, history=0, rounds=2),
        3: reading(3, 7, "甲级", 92.0, history=0, rounds=0),
    }
    second = {
        1: reading(1, 8, "甲级", 94.0, history=1, rounds=0),
        2: reading(2, 7, "甲级", 91.0, history=0, rounds=0),
    }
    found = agreement_of(first, second)
    assert found.pairs == 2
    (pair,) = found.by_pair
    assert (pair.first, pair.second, pair.grades.pairs) == (7, 8, 2)
    # of reviewer 7 and 8, whoever read first: 95 against 94, and 91 against 85
    assert pair.points.mean == pytest.approx((-1 - 6) / 2)
    assert [line.item for line in found.by_item] == ["rounds", "history"]
    assert found.by_item[0].apart == 1.0
    assert [(one.row, one.grades_differ) for one in found.apart] == [(2, True), (1, False)]
    assert found.apart[0].items == (("rounds", Decimal(2), Decimal(0)),)


def test_unread_records_weaken_the_chance_of_their_stratum_only():
    rows = [DrawnRow(1, "A", 0.5, "x"), DrawnRow(2, "A", 0.5, "x"), DrawnRow(3, "B", 0.1, "y")]
    found = rate_of(rows, {1: reading(1, 7, "甲级", 95.0), 3: reading(3, 7, "乙级", 85.0)})
    assert found.population == pytest.approx(4 + 10)  # one read of two that stand for four; one for ten
    assert found.rate == pytest.approx(4 / 14)
    assert rate_of(rows, {1: reading(1, 7, "", None)}).rate is None  # an open grade is no reading


@pytest.mark.proves("CPT-04")
def test_departments_are_ranked_by_the_mean_of_the_means_and_share_places():
    found = ranking(
        {1: [90, 92], 2: [80], 3: [85.5], 4: [86], 5: []}, {1: "A", 2: "A", 3: "B", 4: "C", 5: "D"}
    )
    assert [(one.department, one.place, one.mean) for one in found] == [
        ("C", 1, 86),
        ("A", 2, 85.5),
        ("B", 2, 85.5),
    ]
    assert (found[1].records, found[1].readings, found[1].lowest, found[1].highest) == (2, 3, 80, 91)
    assert ranking({1: [90], 2: [80]}, {1: "B", 2: "A"})[1].place == 2


@pytest.mark.proves("REC-29", "REC-32")
def test_what_identifies_is_found_until_it_is_gone():
    parts = [
        {"title": "入院记录", "text": "患者王建国，男，联系电话13812345678，主诉胸痛3天。由李医师接诊。"}
    ]
    known = worth_knowing(["王建国", "", "甲"])
    assert known == ["王建国"]
    found = leaks(parts, known)
    assert {one.kind for one in found} >= {"姓名", "电话"}
    clean = cleared(parts, known)
    assert leaks(clean, known) == []
    assert "胸痛3天" in clean[0]["text"]


@pytest.mark.proves("REC-18")
def test_the_twelve_themes_of_the_seed():
    found = parse(THEMES.read_text(), file=THEMES)
    assert [one.month for one in found.themes] == list(range(1, 13))
    assert found.themes[0].title == "病历书写"
    assert found.themes[9].frame == "archived"
    assert "非手术患者 72 小时谈话，患方签字及时" in found.themes[6].points


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("month: 12", "month: 11"), "不多不少"),
        (("frame: archived", "frame: nowhere"), "month、title"),
        (("mark: verified", "mark: perhaps"), "来源"),
        (("version: 1", "version: one"), "version"),
    ],
)
def test_a_broken_calendar_is_told_where(change, words):
    problems = parse(THEMES.read_text().replace(*change, 1), file=THEMES)
    assert any(words in one.message for one in problems)


def test_dates_of_records_are_dates():
    assert record(1, discharged_on=date(2026, 10, 5)).disease == "I21"
