"""A dated activity of a plan, and stages that follow one another, become campaigns."""

from datetime import date, timedelta

import pytest

from tests import plans
from zhikong.hospital.functions.campaigns.models import Campaign
from zhikong.hospital.overviews.adopting.actions import adopting, undoing

MONTH = (
    "3月份：住院超过30天患者",
    "date_range",
    {"subject": "质量月活动", "starts_on": "09-01", "ends_on": "09-30"},
    "",
)
STAGES = (
    ("定期组织理论考核", "date_range", {"subject": "患者安全整治活动", "stage": "动员部署", "starts_on": "03-01", "ends_on": "03-31"}, ""),
    ("3月份：住院超过30天患者", "date_range", {"stage": "自查整改", "starts_on": "04-01", "ends_on": "06-30"}, ""),
)  # fmt: skip
A_DAY = ("4月份：门诊预约与候诊秩序检查", "date_range", {"subject": "上报计划", "ends_on": "02-28"}, "")


@pytest.fixture
def office(make_user):
    return make_user("quality_office", name="王敏")


def adopt(office, document):
    return adopting.adopt(by=office, now=plans.NOW, document=document.pk)


def things(made):
    return [thing for thing in made.things.order_by("pk") if thing.kind == "campaign"]


@pytest.mark.proves("PLN-01")
def test_a_span_of_dates_that_is_called_an_activity_becomes_a_campaign(office, hospital):
    made = adopt(office, plans.write(hospital, items=[MONTH, A_DAY]))
    campaign = Campaign.objects.get()
    assert (campaign.name, campaign.starts_on, campaign.ends_on) == (
        "质量月活动",
        date(2027, 9, 1),
        date(2027, 9, 30),
    )
    assert "住院超过30天患者" in str(campaign.items.get().measure)
    thing = things(made)[0]
    assert (thing.outcome, thing.url) == ("new", campaign.get_absolute_url())


def test_stages_that_follow_one_another_are_one_campaign(office, hospital):
    adopt(office, plans.write(hospital, items=STAGES))
    campaign = Campaign.objects.get()
    assert campaign.name == "患者安全整治活动"
    assert (campaign.starts_on, campaign.ends_on) == (date(2027, 3, 1), date(2027, 6, 30))
    assert [one.name for one in campaign.stages.order_by("starts_on")] == ["动员部署", "自查整改"]


def test_a_campaign_of_the_year_is_not_begun_twice(office, hospital):
    adopt(office, plans.write(hospital, items=[MONTH]))
    again = adopt(office, plans.write(hospital, items=[MONTH], title="医疗质量工作计划（二）"))
    assert [thing.outcome for thing in things(again)] == ["same"]
    assert Campaign.objects.count() == 1


def test_taken_back_with_the_adoption_unless_it_was_used(office, hospital):
    made = adopt(office, plans.write(hospital, items=[MONTH]))
    undoing.undo(by=office, now=plans.NOW + timedelta(days=1), adoption=made, reason="院务会决定暂缓")
    assert Campaign.objects.get().state == Campaign.State.WITHDRAWN


def test_without_days_it_cannot_be_begun(office, hospital):
    words, kind, fields, link = STAGES[0]
    bare = {name: said for name, said in fields.items() if not name.endswith("_on")}
    document = plans.write(hospital, items=[(words, kind, bare, link)])
    shown = adopting.previewed(by=office, document=document.pk, now=plans.NOW)
    assert [(step.kind, step.outcome) for step in shown.steps] == [("campaign", "impossible")]
