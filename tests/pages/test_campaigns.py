"""Campaigns: from a preset or a plan to tasks, numbers, contests, summary, commendation and the lesson that stays."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from docx import Document

from zhikong.foundation.duties.dates import between
from zhikong.foundation.tasks.models import Task
from zhikong.hospital.functions.campaigns import actions, queries
from zhikong.hospital.functions.campaigns.models import Campaign, Item, Material


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def head(as_role, hospital):
    return as_role("department_head", hospital.departments["CARD"], name="李建国")


@pytest.fixture
def running(office, head, hospital):
    """A campaign around today with one item of cardiology."""
    today, now = timezone.localdate(), timezone.now()
    made = actions.start(
        by=office.user,
        now=now,
        name="义诊周",
        starts_on=today - timedelta(days=3),
        ends_on=today + timedelta(days=5),
    )
    actions.add_item(
        made,
        by=office.user,
        now=now,
        title="门前义诊",
        department_id=hospital.departments["CARD"].id,
        due_on=today,
    )
    actions.launch(made, by=office.user, now=now)
    made.refresh_from_db()
    return made


@pytest.mark.proves("PLN-04", "PLN-05", "PLN-06", "PLN-07", "PLN-10")
def test_ten_presets_are_shown_for_a_year_and_started_once(office):
    page = text(office.get("/campaigns/presets/?year=2027"))
    for words in ("医疗质量安全月", "持续改进月", "百日宣传", "提升年", "专项治理", "义诊周", "2028"):
        assert words in page
    office.post("/campaigns/presets/?year=2027", {"preset": "free_clinic_week"})
    made = Campaign.objects.get()
    assert (made.starts_on, made.ends_on) == (date(2027, 10, 13), date(2027, 10, 19))
    assert made.quotas.get(on=date(2027, 10, 13)).least == 800
    office.post("/campaigns/presets/?year=2027", {"preset": "free_clinic_week"})
    assert Campaign.objects.count() == 1
    found = [one.title for one in between(date(2027, 10, 1), date(2027, 10, 31)) if one.kind == "campaign"]
    assert made.name in found
    assert f"{made.name}：健康大讲堂" in found


@pytest.mark.proves("PLN-12", "PLN-15", "PLN-19")
def test_the_department_gets_its_task_and_hands_in(office, head, running, hospital):
    item = running.items.get()
    task = Task.objects.get(source_kind="campaign_item", source_key=str(item.pk))
    assert task.owner == head.user
    told = {
        "material-kind": "plan", "material-department": hospital.departments["CARD"].id, "material-title": "本科室方案",
        "material-text": "派三名医师",
    }  # fmt: skip
    head.post(f"/campaigns/{running.pk}/material/", told)
    material = Material.objects.get()
    assert queries.board(running, today=timezone.localdate()).joined == 1
    office.post(f"/campaigns/{running.pk}/answer/{material.pk}/", {"accept": "0", "text": ""})
    material.refresh_from_db()
    assert material.state == "sent"
    office.post(f"/campaigns/{running.pk}/answer/{material.pk}/", {"accept": "1"})
    head.post(
        f"/campaigns/{running.pk}/move/{item.pk}/", {"move-state": "done", "move-effect": "接诊 820 人次"}
    )
    item.refresh_from_db()
    task.refresh_from_db()
    assert (item.state, task.state) == (Item.State.DONE, Task.State.DONE)


@pytest.mark.proves("PLN-16", "PLN-17", "PLN-18")
def test_numbers_contests_money_summary_and_lesson(office, running):
    now, today, by = timezone.now(), timezone.localdate(), office.user
    quota = actions.add_quota(running, by=by, now=now, name="义诊人次", per="day", least=800, unit="人次")
    for count in (799, 810):
        actions.report_count(quota, by=by, now=now, on=today, place="门前", count=count)
    with pytest.raises(ValidationError):
        actions.report_count(quota, by=by, now=now, on=today - timedelta(days=9), place="门前", count=1)
    contest = actions.add_contest(running, by=by, now=now, name="技能竞赛")
    actions.record_result(contest, by=by, now=now, name="心内科", score=95, award="一等奖")
    office.post(
        f"/campaigns/{running.pk}/money/",
        {"money-title": "印刷", "money-planned": "1000.5", "money-spent": "300"},
    )
    assert queries.board(running, today=today).left == 70050
    draft = queries.draft_summary(running, today=today)
    assert "共 810 人次" in draft
    assert "1000.50 元" in draft
    page = office.post(f"/campaigns/{running.pk}/commend/", {"commend-text": "表彰"})
    assert page.status_code == 422  # not before the summary
    office.post(f"/campaigns/{running.pk}/summarise/", {"summarise-text": draft})
    office.post(f"/campaigns/{running.pk}/commend/", {"commend-text": queries.draft_commendation(running)})
    paper = Document(BytesIO(office.get(f"/campaigns/{running.pk}/commendation.docx").content))
    assert any("心内科（一等奖）" in one.text for one in paper.paragraphs)
    told = {"keep-text": "义诊常态化", "keep-fixed_in": "门诊工作制度", "keep-last": "on"}
    office.post(f"/campaigns/{running.pk}/keep/", told)
    running.refresh_from_db()
    assert running.state == Campaign.State.KEPT
    assert "门诊工作制度" in text(office.get(f"/campaigns/{running.pk}/"))


@pytest.mark.proves("PLN-11")
def test_a_plan_starts_a_campaign_and_takes_it_back_while_unused(office, hospital):
    now, source = (
        timezone.now(),
        {"document": "2027 工作计划", "clause": "第三条", "key": "plan_item:7", "url": "/plans/1/"},
    )
    told = {
        "name": "专项行动", "source": source,
        "stages": [{"name": "动员", "starts_on": date(2027, 3, 1), "ends_on": date(2027, 4, 30)},
                   {"name": "实施", "starts_on": date(2027, 4, 1), "ends_on": None}],
        "items": [{"title": "实施方案", "department": hospital.departments["CARD"].id, "due_on": date(2027, 4, 15)}],
    }  # fmt: skip
    made = actions.start_from_plan(by=office.user, now=now, **told)
    assert actions.start_from_plan(by=office.user, now=now, **told) == made
    assert (made.starts_on, made.stages.count()) == (date(2027, 3, 1), 2)
    assert queries.like("“专项行动”活动", year=2027) == made
    actions.withdraw(by=office.user, now=now, campaign_id=made.pk, reason="计划撤回")
    again = actions.start_from_plan(by=office.user, now=now, **told)
    actions.hand_in(again, by=office.user, now=now, kind="highlight", title="亮点", text="内容")
    with pytest.raises(ValidationError, match="1 份材料"):
        actions.withdraw(by=office.user, now=now, campaign_id=again.pk, reason="计划撤回")


def test_who_has_nothing_to_do_with_campaigns_is_refused(as_role, hospital, office):
    assert "还没有活动" in text(office.get("/campaigns/?year=2031"))
    head = as_role("department_head", hospital.departments["CARD"])
    head.post("/campaigns/", {"name": "自办活动"})
    assert not Campaign.objects.exists()
