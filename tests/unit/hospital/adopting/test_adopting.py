"""A plan put to work: what the preview says, what is written, and how it is taken back."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests import plans
from zhikong.foundation.duties import queries as duties
from zhikong.foundation.organisation import rosters
from zhikong.foundation.packstore.queries import resolve
from zhikong.hospital.functions.indicators.models import IndicatorTarget
from zhikong.hospital.functions.plans.models import PlanItem
from zhikong.hospital.functions.record_reviews.queries.sampling.themes import CALENDAR, CODE
from zhikong.hospital.functions.records.models import RuleSetting
from zhikong.hospital.overviews.adopting.actions import adopting, undoing
from zhikong.hospital.overviews.adopting.actions.adopters import duties as duty_adopter
from zhikong.hospital.overviews.adopting.models import AdoptedThing, Adoption

TODAY = date(2026, 11, 23)


@pytest.fixture
def office(make_user):
    return make_user("quality_office", name="王敏")


@pytest.fixture
def document(hospital):
    return plans.write(hospital)


def previewed(office, document, **more):
    return adopting.previewed(by=office, document=document.pk, now=plans.NOW, **more)


def adopt(office, document, **more):
    return adopting.adopt(by=office, now=plans.NOW, document=document.pk, **more)


def step_of(shown, words):
    """The last one: the committee that a duty needs stands before it."""
    return [s for s in shown.steps if any(words in wish.text for wish in s.wishes)][-1]


def everything():
    """What stands in the house, so that two moments can be compared."""
    return (
        IndicatorTarget.objects.count(), RuleSetting.objects.count(), len(rosters.committees(on=TODAY)),
        sorted(found.id for found in duties.duties(on=TODAY)), resolve(CODE, CALENDAR, on=date(2027, 4, 1)).hash,
    )  # fmt: skip


@pytest.mark.proves("PLN-01")
def test_the_preview_says_for_each_item_what_becomes_of_it_and_writes_nothing(office, document):
    before = everything()
    shown = previewed(office, document)
    said = {
        words: step_of(shown, words).outcome
        for words in ("病床使用率", "微笑服务率", "72小时", "安全管理委员会会议", "每周抽查处方", "定期组织", "3月份", "4月份", "6-7项", "去年", "病案管理委员会")
    }  # fmt: skip
    assert said == {
        "病床使用率": "new",
        "微笑服务率": "impossible",
        "72小时": "changed",
        "安全管理委员会会议": "same",
        "每周抽查处方": "new",
        "定期组织": "impossible",
        "3月份": "same",
        "4月份": "changed",
        "6-7项": "new",
        "去年": "note",
        "病案管理委员会": "new",
    }
    limit = step_of(shown, "72小时")
    assert (limit.was, limit.becomes) == ("72 小时", "48 小时")
    items = [wish.item for step in shown.steps for wish in step.wishes]
    assert set(items) == set(document.items.values_list("pk", flat=True))
    assert everything() == before


def test_a_pass_mark_belongs_to_its_target(office, document):
    step = step_of(previewed(office, document), "75/100分")
    assert step.kind == "target"
    assert "合格线 75 分（满分 100）" in step.why


@pytest.mark.proves("PLN-01")
def test_adopting_writes_everything_with_the_sentence_that_asked_for_it(office, document):
    made = adopt(office, document)
    target = IndicatorTarget.objects.get(indicator_id="average_length_of_stay")
    assert (target.at_most, target.valid_from) == (14, date(2027, 1, 1))
    assert target.source.startswith("医疗质量工作计划：病床使用率≥92%；平均住院日≤14天")
    assert IndicatorTarget.objects.get(indicator_id="bed_occupancy").hospital_only
    assert RuleSetting.objects.get(rule="admission-talk-72h").limit == "48 h"
    kinds = {one.body.kind for one in rosters.committees(on=TODAY)}
    assert kinds == {"record_committee", "safety_committee"}
    titles = {found.obj.title for found in duties.duties(on=TODAY)}
    assert {"抽查处方", "完成指标：科研立项 6～7"} <= titles
    calendar = resolve(CODE, CALENDAR, on=date(2027, 4, 1)).obj
    assert next(one.title for one in calendar.themes if one.month == 4) == "门诊预约与候诊秩序检查"
    item = PlanItem.objects.get(document=document, link_id="average_length_of_stay")
    assert (item.adopted_kind, item.adopted_key) == ("target", "average_length_of_stay:")
    assert item.adopted_url == "/indicators/average_length_of_stay/"
    thing = made.things.get(item=item)
    assert thing.sentence.startswith("病床使用率≥92%")
    assert made.counts["impossible"] == 2


def test_what_the_reader_chose_for_what_could_not_be(office, document):
    smile = document.items.get(fields__subject="微笑服务率")
    exam = document.items.get(fields__subject="理论考核")
    adopt(office, document, choices={smile.pk: "duty", exam.pk: "per:quarter"})
    found = {one.obj.title: one.obj for one in duties.duties(on=TODAY)}
    assert found["报告：微笑服务率（目标 ≥95%）"].every == "quarter"
    assert any("考核" in title for title in found)


@pytest.mark.proves("PLN-01")
def test_a_failure_in_the_middle_leaves_nothing(office, document, monkeypatch):
    before = everything()
    calls = []

    def breaks(step, **more):
        calls.append(step.title)
        if len(calls) == 3:
            raise ValidationError("磁盘满了。")
        return original(step, **more)

    original = duty_adopter.write
    monkeypatch.setattr(duty_adopter, "write", breaks)
    with pytest.raises(ValidationError, match="磁盘满了。 什么都没有写入"):
        adopt(office, document)
    assert len(calls) == 3
    assert everything() == before
    assert not Adoption.objects.exists()
    assert not PlanItem.objects.exclude(adopted_kind="").exists()


def test_what_was_shown_is_what_is_adopted(office, document):
    stamp = previewed(office, document).stamp
    document.items.filter(link_id="bed_occupancy").update(
        fields={"subject": "病床使用率", "operator": ">=", "value": 90, "unit": "%"}
    )
    with pytest.raises(adopting.Changed):
        adopt(office, document, seen=stamp)
    assert not Adoption.objects.exists()


def test_a_plan_is_adopted_once(office, document):
    adopt(office, document)
    with pytest.raises(ValidationError, match="已经采纳"):
        adopt(office, document)


@pytest.mark.proves("PLN-01")
def test_undone_as_a_whole_with_a_reason(office, document):
    before = everything()
    made = adopt(office, document)
    with pytest.raises(ValidationError, match="理由"):
        undoing.undo(by=office, now=plans.NOW, adoption=made, reason=" ")
    later = plans.NOW + timedelta(days=2)
    assert undoing.undo(by=office, now=later, adoption=made, reason="院务会决定暂缓") == []
    made.refresh_from_db()
    assert (made.state, made.undone_reason) == ("undone", "院务会决定暂缓")
    assert not AdoptedThing.objects.filter(made=True, undone_at=None).exists()
    from zhikong.hospital.functions.indicators.catalogue import definitions
    from zhikong.hospital.functions.indicators.queries.targets import target_book

    stay = target_book().of(definitions()["average_length_of_stay"], None, "2027-02")
    assert stay.row.at_most is None
    assert rosters.committees(on=later.date() + timedelta(days=1)) == []
    after = {found.id for found in duties.duties(on=date(2026, 11, 26))}
    assert after == set(before[3])
    assert not PlanItem.objects.exclude(adopted_kind="").exists()
    assert adopt(office, document).pk != made.pk


def test_adopted_again_on_the_day_it_was_undone_the_committees_stand_again(office, document):
    """What an undone adoption opened ends tonight: it is missing tomorrow, so it is opened again."""
    undoing.undo(by=office, now=plans.NOW, adoption=adopt(office, document), reason="写错了年度")
    adopt(office, document)
    kinds = sorted(one.body.kind for one in rosters.committees(on=TODAY + timedelta(days=1)))
    assert kinds == ["record_committee", "safety_committee"]


@pytest.mark.proves("PLN-01")
def test_what_was_used_since_is_refused_by_name_and_the_rest_can_be_undone(office, document):
    from zhikong.hospital.functions.meetings.models import Meeting

    made = adopt(office, document)
    body = next(o.body for o in rosters.committees(on=TODAY) if o.body.kind == "record_committee")
    Meeting.objects.create(
        institution_id=body.institution_id, body=body, on=date(2026, 12, 10), planned_at=plans.NOW
    )
    with pytest.raises(ValidationError, match="病案管理委员会：2026-12-10 的会议"):
        undoing.undo(by=office, now=plans.NOW, adoption=made, reason="换一份计划")
    assert made.things.filter(undone_at__isnull=False).count() == 0
    kept = undoing.undo(by=office, now=plans.NOW, adoption=made, reason="换一份计划", part=True)
    assert [one.thing.title for one in kept] == ["病案管理委员会"]
    made.refresh_from_db()
    assert made.state == "partly"


@pytest.mark.proves("PLN-01")
def test_a_newer_version_shows_its_differences(office, hospital, document):
    adopt(office, document)
    newer = [one for one in plans.ITEMS if one[2].get("subject") not in ("抽查处方",)]
    newer[1] = (newer[1][0], "target", {**newer[1][2], "value": 12}, newer[1][3])
    second = plans.write(hospital, title="医疗质量工作计划（修订）", items=newer, replaces=document)
    shown = previewed(office, second)
    changed = step_of(shown, "平均住院日")
    assert (changed.outcome, changed.was, changed.becomes) == ("changed", "≤ 14 天", "≤ 12 天")
    assert step_of(shown, "病床使用率").outcome == "same"
    assert [one.title for one in shown.gone] == ["抽查处方"]
    adopt(office, second, drop_gone=True)
    assert "抽查处方" not in {found.obj.title for found in duties.duties(on=TODAY)}


def test_only_who_may(make_user, hospital, document):
    head = make_user("department_head", hospital.departments["CARD"])
    with pytest.raises(PermissionDenied):
        adopting.previewed(by=head, document=document.pk, now=plans.NOW)
    with pytest.raises(PermissionDenied):
        adopting.adopt(by=head, document=document.pk, now=plans.NOW)
