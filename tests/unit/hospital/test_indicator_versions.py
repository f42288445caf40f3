"""A hospital's own version of an indicator: tried before, in force from its day, its hash in every result."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.unit.hospital.test_recompute import NOW, publish, stay, stays, value_of
from zhikong.foundation.access import scope
from zhikong.foundation.facts import gateway
from zhikong.foundation.outbox.actions import deliver_pending
from zhikong.foundation.packstore import actions as packstore
from zhikong.foundation.packstore import kinds, queries, shelf
from zhikong.hospital.functions.indicators import actions, catalogue
from zhikong.hospital.functions.indicators.actions.previewing import confirm_preview, preview_change
from zhikong.hospital.functions.indicators.models import Computation, IndicatorValue

TODAY = date(2026, 11, 22)
ALOS = "average_length_of_stay"
assert publish


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    from django.utils import timezone

    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def people(make_user):
    return make_user("quality_office", name="王敏"), make_user("medical_affairs", name="张华")


def text_without_short_stays():
    """The packaged definition, leaving out stays below seven days: CARD stays at 10, GSUR has none left."""
    text = shelf.of("indicator", ALOS).text
    assert "population:" not in text
    return text + 'population: "days >= 7"\n'


def bring_in(people, text, *, kind="indicator", name=ALOS, on=TODAY):
    author, reviewer = people
    version = packstore.save_draft(
        by=author, now=NOW, kind=kind, definition_id=name, text=text, reason="质控会议"
    )
    packstore.submit_for_review(version, by=author, now=NOW)
    packstore.review(version, by=reviewer, now=NOW, passed=True)
    if kind == "indicator":
        preview_change(version, by=author, now=NOW)
        confirm_preview(version, by=author, now=NOW)
    packstore.publish(version, by=author, now=NOW, effective_from=on)
    return version


def said(text):
    old = queries.resolve("indicator", ALOS, on=TODAY).obj
    new = kinds.read("indicator", ALOS, text).obj
    return kinds.get("indicator").effect(old, new, now=NOW)


@pytest.mark.proves("IND-01")
def test_what_it_would_change_is_told_from_recomputed_data(publish, hospital):
    publish(stays())
    sentences = said(text_without_short_stays())
    assert sentences[0] == (
        "近 3 个月（2026 年 8 月至 2026 年 10 月）全院值由 8 天、8 天、8 天 变为 10 天、10 天、10 天。"
    )
    assert "6 个科室月中有 3 个的数值会变。" in sentences
    assert sentences[-1] == "未结账的月份从生效日期起按新口径重新计算。"


def test_where_it_changes_most_is_named(publish, hospital):
    publish(stays([stay("long", "CARD", "2026-09", 100)]))
    text = shelf.of("indicator", ALOS).text + 'population: "days < 90"\n'
    sentences = said(text)
    assert any("变化最大的是心血管内科 2026 年 9 月：由 16.92 天 变为 10 天" in s for s in sentences)
    assert "6 个科室月中有 1 个的数值会变。" in sentences


def test_words_alone_change_no_number(publish, hospital):
    publish(stays())
    text = shelf.of("indicator", ALOS).text
    why = next(line for line in text.splitlines() if line.startswith("why:"))
    assert said(text.replace(why, "why: 换一句话说明意义，口径不变。")) == [
        "统计口径没有变化，改动的只是文字、责任或目标，数值不变。"
    ]


def test_without_data_it_says_so(hospital):
    assert said(text_without_short_stays()) == ["还没有发布过数据，无法试算。"]


@pytest.mark.proves("IND-01")
def test_the_hospitals_version_is_computed_and_its_hash_is_in_the_results(publish, hospital, people):
    publish(stays())
    first = actions.recompute(by=None, now=NOW)
    version = bring_in(people, text_without_short_stays())
    deliver_pending(now=NOW)
    second = Computation.objects.latest()
    mine = catalogue.definitions()[ALOS]
    assert (mine.version, mine.pack, mine.hash) == (version.number, "hospital", second.definitions[ALOS])
    assert mine.hash != first.definitions[ALOS]
    assert value_of(None, definition_hash=mine.hash) == [10.0]
    assert value_of(None, definition_hash=first.definitions[ALOS]) == [8.0]
    made = IndicatorValue.objects.filter(definition_hash=mine.hash).values_list(
        "definition_version", flat=True
    )
    assert set(made) == {version.number}
    others = {name: digest for name, digest in first.definitions.items() if name != ALOS}
    assert others.items() <= second.definitions.items()  # nothing else was touched


def test_a_later_day_waits_and_the_night_brings_it(publish, hospital, people, monkeypatch):
    from django.utils import timezone

    publish(stays())
    first = actions.recompute(by=None, now=NOW)
    bring_in(people, text_without_short_stays(), on=TODAY + timedelta(days=5))
    deliver_pending(now=NOW)
    assert actions.recompute(by=None, now=NOW).pk == first.pk
    later = datetime(2026, 11, 27, 0, 15, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: later)
    scope.forget()  # another job
    run = actions.recompute(by=None, now=later)
    assert run.pk != first.pk
    assert value_of(None, definition_hash=run.definitions[ALOS]) == [10.0]


def test_withdrawn_it_gives_the_packaged_figures_back(publish, hospital, people):
    publish(stays())
    first = actions.recompute(by=None, now=NOW)
    version = bring_in(people, text_without_short_stays())
    deliver_pending(now=NOW)
    packstore.withdraw(version, by=people[0], now=NOW, reason="恢复国家口径")
    deliver_pending(now=NOW)
    assert Computation.objects.latest().definitions == first.definitions


def test_the_definition_that_made_a_figure_is_found_again(publish, hospital, people):
    publish(stays())
    first = actions.recompute(by=None, now=NOW)
    version = bring_in(people, text_without_short_stays())
    mine = catalogue.definitions()[ALOS]
    packstore.withdraw(version, by=people[0], now=NOW, reason="恢复国家口径")
    assert catalogue.definition_with_hash(ALOS, mine.hash).version == version.number
    assert catalogue.definition_with_hash(ALOS, first.definitions[ALOS]).pack == "national"
    assert catalogue.definition_with_hash(ALOS, "0" * 16) is None
    found = gateway.cases(
        catalogue.definition_with_hash(ALOS, mine.hash), month="2026-10", part="denominator"
    )
    assert found.total == 12


def test_an_indicator_of_the_hospitals_own_appears(publish, hospital, people):
    publish(stays())
    text = kinds.get("indicator").starter.replace("{id}", "own_long_stays")
    bring_in(people, text, name="own_long_stays")
    deliver_pending(now=NOW)
    assert catalogue.definitions()["own_long_stays"].title() == "新指标"
    row = IndicatorValue.objects.get(indicator_id="own_long_stays", month="2026-10", department=None)
    assert (row.numerator, row.denominator) == (0, 24)


def test_another_hospital_keeps_the_packaged_one(hospital, people, other_hospital):
    from zhikong.foundation.access.scope import scoped

    bring_in(people, text_without_short_stays())
    assert catalogue.definitions()[ALOS].pack == "hospital"
    with scoped(other_hospital.scope()):
        assert catalogue.definitions()[ALOS].pack == "national"


def test_a_mistake_is_explained_with_its_line(hospital):
    text = shelf.of("indicator", ALOS).text + 'population: "dayz >= 7"\n'
    (problem,) = kinds.read("indicator", ALOS, text).problems
    assert problem.line == len(text.splitlines())
    assert "dayz" in problem.message + problem.remedy


def test_preview_says_it_in_words(hospital, rf):
    new = kinds.read("indicator", ALOS, text_without_short_stays()).obj
    shown = kinds.get("indicator").preview(rf.get("/"), new)
    assert "不小于 7" in shown


# ---- targets ---------------------------------------------------------------------------------------------------------

MINE = """\
preset: 000-P2
name: {zh: 本院目标}
source: {document: 院发〔2026〕3号, mark: verified}
targets:
  bed_occupancy: {at_least: 95}
"""


@pytest.mark.proves("IND-01")
def test_targets_are_overridden_one_by_one(hospital, people):
    before = catalogue.presets_by_name()["000-P2"]
    bring_in(people, MINE, kind="targets", name="000-P2")
    after = catalogue.presets_by_name()["000-P2"]
    assert after.document == "院发〔2026〕3号"
    assert after.targets["bed_occupancy"].target.low == 95
    unchanged = {name for name in before.targets if name != "bed_occupancy"}
    assert {name: after.targets[name] for name in unchanged} == {
        name: before.targets[name] for name in unchanged
    }
    rows = actions.load_preset(by=None, now=NOW, name="000-P2", valid_from=date(2026, 1, 1))
    mine = next(row for row in rows if row.indicator_id == "bed_occupancy")
    assert (mine.at_least, mine.source.split("：")[0]) == (95, "院发〔2026〕3号")


def test_changed_targets_are_told(hospital):
    old = queries.resolve("targets", "000-P2", on=TODAY).obj
    new = kinds.read("targets", "000-P2", MINE).obj
    sentences = kinds.get("targets").effect(old, new, now=NOW)
    assert sentences[0] == "病床使用率：目标由 ≥ 92 % 变为 ≥ 95 %。"
    assert "沿用内容包" in sentences[1]


@pytest.mark.parametrize(
    "wrong",
    [
        MINE.replace("{at_least: 95}", "95"),
        MINE.replace("bed_occupancy", "bed_ocupancy"),
        MINE.replace("name: {zh: 本院目标}\n", ""),
        MINE.replace("document: 院发〔2026〕3号, ", ""),
        MINE.replace("targets:\n  bed_occupancy: {at_least: 95}", "targets: 1"),
        MINE.replace("source: {document: 院发〔2026〕3号, mark: verified}", "source: []"),
        "- 1\n",
        "",
    ],
)
def test_a_preset_that_is_wrong_is_explained(hospital, wrong):
    assert kinds.read("targets", "000-P2", wrong).problems


def test_a_preset_may_name_the_hospitals_own_indicator(hospital, people):
    text = kinds.get("indicator").starter.replace("{id}", "own_long_stays")
    wanted = MINE.replace("bed_occupancy", "own_long_stays")
    assert kinds.read("targets", "000-P2", wanted).problems
    bring_in(people, text, name="own_long_stays")
    assert kinds.read("targets", "000-P2", wanted).problems == ()
