"""Pages of improvement projects: a circle from its proposal to its judgement, what is refused, papers, suggestions, contest."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from docx import Document

from zhikong.foundation.organisation.models import Appointment, Person
from zhikong.foundation.tasks.models import Task
from zhikong.hospital.functions.improvements.actions.projects import (
    competing,
    registering,
    stepping,
)
from zhikong.hospital.functions.improvements.models.competitions import Competition, Reading
from zhikong.hospital.functions.improvements.models.projects import Project, Step
from zhikong.hospital.functions.improvements.models.suggestions import Suggestion
from zhikong.site.demo.improvements_story import Circle

NOW = timezone.now


def html(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def employ(hospital, place, number, name):
    found = Person.objects.create(institution_id=hospital.id, staff_number=number, name=name)
    Appointment.objects.create(
        institution_id=hospital.id, person=found, department_id=hospital.departments[place].id, post="nurse",
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    return found


@pytest.fixture
def nurse(as_role, hospital):
    """The head nurse of CARD with seven colleagues, each with a post."""
    client = as_role("head_nurse", hospital.departments["CARD"], name="陈静")
    client.user.person = employ(hospital, "CARD", "N001", "陈静")
    client.user.save()
    for index in range(2, 9):
        employ(hospital, "CARD", f"N{index:03d}", f"护士{index}")
    return client


@pytest.fixture
def judge(as_role, hospital):
    client = as_role("quality_office", name="王敏")
    client.user.person = employ(hospital, "QC", "Q001", "王敏")
    client.user.save()
    return client


@pytest.fixture
def circle(nurse, as_role):
    """A circle that went through all ten steps; judged by somebody who is not of it."""
    judge = as_role("medical_affairs", name="赵医务").user
    return Circle(nurse.user, judge, "CARD", now=NOW()).run()


@pytest.fixture
def project(nurse, judge, hospital):
    made = registering.propose(
        by=nurse.user,
        now=NOW(),
        kind_id="qcc_problem",
        title="降低抢救车不合格率",
        department_id=hospital.departments["CARD"].id,
    )
    return registering.approve(made, by=judge.user, now=NOW())


def test_the_register_says_what_to_do_while_it_is_empty(nurse):
    assert "登记第一个项目" in html(nurse.get(reverse("improvements:projects")))


@pytest.mark.proves("QCC-01", "QCC-03", "QCC-04", "CAP-08", "CAP-10", "NUR-04", "WF-20")
def test_a_circle_goes_from_its_theme_to_its_judgement_on_real_figures(nurse, circle):
    circle.refresh_from_db()
    assert circle.state == Project.State.CLOSED
    assert float(circle.baseline) == pytest.approx(58 * 100 / 240, abs=1e-3)
    assert float(circle.result) == pytest.approx(7.9167, abs=1e-3)
    assert float(circle.target) < 15
    page = html(nurse.get(reverse("improvements:project", args=[circle.pk])))
    for text in ("安心圈", "24.2%", "7.9%", "达到目标", "柏拉图", "雷达图", "甘特图"):
        assert text in page
    for step in circle.steps.all():
        assert "还缺" not in html(nurse.get(reverse("improvements:project_step", args=[circle.pk, step.key])))
    for name in ("gantt", "pareto", "fishbone", "radar", "before_after"):
        drawn = nurse.get(reverse("improvements:project_picture", args=[circle.pk, name]))
        assert drawn["Content-Type"] == "image/svg+xml"
        assert b"<svg" in drawn.content
    assert not Task.objects.filter(source_kind="improvement", state=Task.State.OPEN).exists()
    _counted(nurse, circle)


def _counted(nurse, circle):
    page = html(nurse.get(reverse("improvements:project_figures")))
    assert "100.0%" in page
    book = openpyxl.load_workbook(
        io.BytesIO(nurse.get(reverse("improvements:projects") + "?format=xlsx").content)
    )
    row = [cell.value for cell in book.active[2]]
    assert row[:2] == [circle.number, circle.title]
    assert row[8] == pytest.approx(24.17)
    assert "没有符合条件" in html(nurse.get(reverse("improvements:projects") + "?state=overdue"))


@pytest.mark.proves("QCC-01")
def test_papers_say_the_same_as_the_page(nurse, circle):
    def text(name):
        answer = nurse.get(reverse("improvements:project_report", args=[circle.pk, name, "docx"]))
        book = Document(io.BytesIO(answer.content))
        cells = [cell.text for table in book.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(line.text for line in book.paragraphs), *cells])

    for name in ("a3", "pdca", "full"):
        assert "抢救车" in text(name)
        assert "24.2%" in text(name)
    assert "步骤10" in text("full")
    pdf = nurse.get(reverse("improvements:project_report", args=[circle.pk, "a3", "pdf"])).content
    assert pdf.startswith(b"%PDF")
    assert b"/Type/Pages/Count 1/" in pdf
    slides = nurse.get(reverse("improvements:project_report", args=[circle.pk, "slides", "pptx"]))
    assert slides.content[:2] == b"PK"
    assert nurse.get(reverse("improvements:project_report", args=[circle.pk, "a3", "exe"])).status_code == 404


def test_a_step_is_filled_in_on_its_page_and_is_not_done_before_its_checks_hold(nurse, project):
    url = reverse("improvements:project_step", args=[project.pk, "theme"])
    page = html(nurse.get(url))
    assert "成员应为 4–10 人，现在 1 人。" in page
    sent = {
        "seen": NOW().isoformat(), "f-background": "院级检查多次发现", "f-definition": "分子分母", "candidates-rows": ["ca1", "ca2"],
        "candidates-ca1-name": "降低抢救车不合格率", "candidates-ca2-name": "缩短等候",
    }  # fmt: skip
    assert nurse.post(url, sent).status_code == 302
    step = project.steps.get(key="theme")
    assert [row["name"] for row in step.content["candidates"]] == ["降低抢救车不合格率", "缩短等候"]
    nurse.post(reverse("improvements:project_step_act", args=[project.pk, "theme", "finish"]))
    step.refresh_from_db()
    assert step.state == Step.State.OPEN
    vote = reverse("improvements:project_vote", args=[project.pk, "theme"])
    points = {f"p-ca1-{code}": 5 for code in ("policy", "feasible", "urgent", "ability")}
    nurse.post(vote, points)
    assert step.ballots.get().points["ca1"]["urgent"] == 5
    nurse.post(vote, {"p-ca1-policy": 4})
    assert step.ballots.get().points["ca1"]["policy"] == 5


def test_a_step_is_passed_over_with_a_reason_of_a_named_person_only(nurse, project):
    act = reverse("improvements:project_step_act", args=[project.pk, "theme", "pass"])
    nurse.post(act, {"reason": "太短"})
    assert project.steps.get(key="theme").state == Step.State.OPEN
    nurse.post(act, {"reason": "主题由护理部年度计划指定，不再评分选定。"})
    step = project.steps.get(key="theme")
    assert step.state == Step.State.PASSED_OVER
    assert step.finished_by == nurse.user
    assert "护理部年度计划指定" in html(nurse.get(reverse("improvements:project", args=[project.pk])))
    nurse.post(
        reverse("improvements:project_step_act", args=[project.pk, "theme", "reopen"]),
        {"reason": "改为评分选定"},
    )
    assert project.steps.get(key="theme").state == Step.State.OPEN


def test_two_who_fill_one_step_do_not_overwrite_each_other(nurse, project):
    seen = NOW()
    stepping.save_step(
        project, "as_is", by=nurse.user, now=seen + timedelta(seconds=5), content={"place": "一病区"}
    )
    with pytest.raises(ValidationError, match="已修改了这一步"):
        stepping.save_step(project, "as_is", by=nurse.user, now=NOW(), content={"place": "二病区"}, seen=seen)
    assert project.steps.get(key="as_is").content["place"] == "一病区"


def test_another_department_sees_nothing_unless_it_is_of_the_team(as_role, hospital, nurse, project):
    other = as_role("head_nurse", hospital.departments["GSUR"], name="周外")
    url = reverse("improvements:project", args=[project.pk])
    assert other.get(url).status_code == 404
    other.user.person = employ(hospital, "GSUR", "S001", "周外")
    other.user.save()
    own = nurse.user.person_id
    registering.set_team(
        project,
        by=nurse.user,
        now=NOW(),
        seats={own: ("leader", ""), other.user.person_id: ("member", "外科部分")},
    )
    assert "降低抢救车" in html(other.get(url))
    registering.set_team(project, by=nurse.user, now=NOW(), seats={own: ("leader", "")})
    assert other.get(url).status_code == 404


def test_who_is_of_the_team_does_not_judge_it(judge, nurse, project):
    own = nurse.user.person_id
    registering.set_team(
        project, by=nurse.user, now=NOW(), seats={own: ("leader", ""), judge.user.person_id: ("tutor", "")}
    )
    judge.post(reverse("improvements:project_decide", args=[project.pk, "stop"]), {"text": "不做了，终止"})
    project.refresh_from_db()
    assert project.state == Project.State.APPROVED


def test_a_success_is_not_better_than_the_figures(judge, nurse, project):
    for key in project.steps.order_by("position").values_list("key", flat=True):
        stepping.pass_over(project, key, by=nurse.user, now=NOW(), reason="演示为什么没有数据就不能说成功。")
    with pytest.raises(ValidationError, match="缺少改善前或改善后的数据"):
        registering.close(project, by=judge.user, now=NOW(), success="reached", text="做得很好")
    registering.close(project, by=judge.user, now=NOW(), success="not_shown", text="没有数据，未见改善")
    project.refresh_from_db()
    assert project.state == Project.State.CLOSED


@pytest.mark.proves("QCC-05")
def test_an_employee_proposes_and_the_office_answers_and_thanks(as_role, hospital, judge):
    doctor = as_role("physician", hospital.departments["CARD"], name="李医生")
    sent = {"title": "会诊单加紧急电话", "text": "急会诊时常找不到联系人，建议加一栏。", "name_hidden": "on"}
    doctor.post(reverse("improvements:suggestion_new"), sent)
    made = Suggestion.objects.get()
    colleague = as_role("physician", hospital.departments["GSUR"], name="钱医生")
    url = reverse("improvements:suggestion", args=[made.pk])
    assert "李医生" not in html(colleague.get(url))
    assert "李医生" in html(judge.get(url))
    act = reverse("improvements:suggestion_act", args=[made.pk, "answer"])
    assert colleague.post(act, {"state": "adopted", "text": "好的好的"}).status_code == 302
    made.refresh_from_db()
    assert made.state == Suggestion.State.OPEN
    judge.post(act, {"state": "adopted", "text": "采纳，下月起执行", "thanks": "谢谢您想到值班的同事"})
    assert "谢谢您想到值班的同事" in html(colleague.get(reverse("improvements:suggestions")))
    place = hospital.departments["CARD"].id
    judge.post(
        reverse("improvements:suggestion_act", args=[made.pk, "project"]),
        {"department": place, "kind": "pdca"},
    )
    made.refresh_from_db()
    assert made.project.origin == Project.Origin.SUGGESTION
    doctor.post(reverse("improvements:suggestion_new"), sent | {"title": "走廊扶手松动"})
    second = Suggestion.objects.get(title="走廊扶手松动")
    judge.post(reverse("improvements:suggestion_act", args=[second.pk, "finding"]), {"department": place})
    second.refresh_from_db()
    finding = html(judge.get(reverse("findings:detail", args=[second.finding_id])))
    assert second.number in finding
    assert "李医生" not in finding


@pytest.mark.proves("CAP-09")
def test_a_matter_found_month_after_month_begins_one_project(hospital, nurse, as_role):
    from zhikong.foundation.findings.actions import raise_finding
    from zhikong.foundation.findings.facts import FindingRaised
    from zhikong.hospital.functions.improvements.reactions_projects import finding_raised

    place, found = hospital.departments["CARD"], []
    for months in (2, 1, 0, 0):
        then = NOW() - timedelta(days=31 * months)
        found.append(
            raise_finding(
                by=None, now=then, department=place.id, title="手卫生不合格", detail="五个时刻缺一", severity="minor",
                source_kind="visit", source_key=f"{months}-{len(found)}", clause_key="hand_hygiene:moments", owner=nurse.user,
            )
        )  # fmt: skip
    for finding in found:
        finding_raised(FindingRaised(finding.pk, "", ""), now=NOW())
    project = Project.objects.get(origin=Project.Origin.RECURRENT)
    assert project.kind_id == "pdca"
    assert project.links.filter(what="finding").count() == 2


@pytest.mark.proves("QCC-01")
def test_a_contest_is_drawn_scored_ranked_and_published(hospital, judge, as_role, nurse, project):
    from zhikong.hospital.functions.improvements.actions.projects.registering import propose

    second = propose(
        by=judge.user,
        now=NOW(),
        kind_id="pdca",
        title="缩短出院带药等候",
        department_id=hospital.departments["GSUR"].id,
    )
    Project.objects.filter(pk__in=[project.pk, second.pk]).update(state=Project.State.STANDARDISED)
    pool = [
        as_role("physician", hospital.departments[place], name=f"评委{place}")
        for place in ("PAED", "LAB", "CARD")
    ]
    sent = {
        "title": "年度竞赛", "year": 2026, "due_on": "2026-12-20", "per_entry": 2, "trim": 1, "first": 1, "second": 1, "third": 0,
        "judges": [one.user.pk for one in pool],
    }  # fmt: skip
    judge.post(reverse("improvements:contest_new"), sent)
    contest = Competition.objects.get()
    url = reverse("improvements:contest", args=[contest.pk])
    for one in (project.pk, second.pk):
        judge.post(f"{url}enter/", {"project": one})
    assert contest.entries.count() == 2
    judge.post(f"{url}draw/")
    contest.refresh_from_db()
    assert contest.state == Competition.State.SCORING
    own = Reading.objects.filter(entry__project=project, judge__user=pool[2].user)
    assert not own.exists()
    reading = Reading.objects.get(entry__project=project, judge__user=pool[0].user)
    opened = pool[0].post(reverse("improvements:contest_reading", args=[reading.pk, "open"]))
    assert opened.url == reverse("forms:fill", args=[Reading.objects.get(pk=reading.pk).sheet_id])
    assert "年度竞赛" in html(pool[0].get(url))
    judge.post(f"{url}rank/")
    contest.refresh_from_db()
    assert contest.state == Competition.State.SCORING
    for index, one in enumerate(Reading.objects.order_by("pk")):
        competing.scored(one, score=90 - index, by=None, now=NOW())
    judge.post(f"{url}rank/")
    judge.post(f"{url}publish/")
    contest.refresh_from_db()
    assert contest.state == Competition.State.RANKED
    as_role("medical_affairs", name="赵医务二").post(f"{url}publish/")
    assert "一等奖" in html(nurse.get(url))
    paper = nurse.get(reverse("improvements:contest_certificates", args=[contest.pk]))
    assert "荣 誉 证 书" in "\n".join(line.text for line in Document(io.BytesIO(paper.content)).paragraphs)
