"""The pages of the rectification sheet: plan, moves, board, papers, a person's share."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from zhikong.foundation.findings import actions, onward
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.onward import Onward
from zhikong.foundation.findings.rules import Act, State
from zhikong.foundation.organisation.models import Appointment, Body, Person

CLAUSE = "crash_cart_round:sealed"


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def office(as_role):
    return as_role("quality_office", name="王敏")


@pytest.fixture
def head(as_role, hospital):
    return as_role("department_head", hospital.departments["CARD"], name="李建国")


@pytest.fixture
def nurse(as_role, hospital):
    return as_role("head_nurse", hospital.departments["CARD"], name="陈晓红")


@pytest.fixture
def new(office, head, hospital):
    """new(…) → a finding of cardiology, raised by the office."""

    def make(**more):
        given = {
            "title": "急救车封条破损",
            "detail": "未登记原因",
            "severity": "minor",
            "source_kind": "manual",
        }
        return actions.raise_finding(
            by=office.user, now=timezone.now(), department=hospital.departments["CARD"],
            **given | {"source_key": "", "clause_key": CLAUSE, "clause_text": "急救车封闭"} | more,
        )  # fmt: skip

    return make


def rows(prefix, *given):
    """The management form and the fields of some rows."""
    found = {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": 0}
    for n, row in enumerate(given):
        found |= {f"{prefix}-{n}-{name}": value for name, value in row.items()}
    return found


def planned(finding, **measure):
    cause = {"category": "people", "why1": "交接不清", "why2": "没有交接单", "root": "2", "proof": "现场查看"}
    what = {"what": "印发交接单", "due_on": finding.due_on.isoformat(), "where": "3 病区", "cost": "20"}
    return rows("cause", cause, {"category": "people"}) | rows("measure", what | measure, {"what": ""})


@pytest.mark.proves("CAP-02")
def test_a_plan_is_kept_and_handed_in(new, head, office):
    finding = new()
    page = text(head.get(f"/findings/{finding.pk}/plan/"))
    assert "第 1 条原因" in page
    kept = head.post(f"/findings/{finding.pk}/plan/", planned(finding) | {"keep": "1"}, follow=True)
    assert "方案已保存" in text(kept)
    assert 'value="印发交接单"' in text(kept)
    assert "因果图" in text(kept)
    longer = text(head.post(f"/findings/{finding.pk}/plan/", planned(finding) | {"more": "2"}, follow=True))
    assert "第 4 项措施" in longer
    sent = head.post(
        f"/findings/{finding.pk}/plan/", planned(finding) | {"submit": "1", "approve": "on"}, follow=True
    )
    finding.refresh_from_db()
    assert finding.state == State.DEPARTMENT_APPROVAL
    for words in ("<svg", "交接不清", "真因", "印发交接单", "20.00"):
        assert words in text(sent)
    assert office.get(f"/findings/{finding.pk}/plan/").status_code == 403


def test_a_plan_that_cannot_be_kept_stays_as_typed(new, head):
    finding = new()
    late = planned(finding, due_on="2099-01-01")
    page = head.post(f"/findings/{finding.pk}/plan/", late | {"submit": "1"})
    assert "请先申请延期" in text(page)
    assert 'value="印发交接单"' in text(page)
    gap = planned(finding) | {"cause-0-why1": ""}
    assert "中间不要空" in text(head.post(f"/findings/{finding.pk}/plan/", gap))
    finding.refresh_from_db()
    assert (finding.state, finding.causes.count()) == (State.RAISED, 0)


def test_a_measure_is_done_on_the_page(new, head, office):
    finding = new()
    head.post(f"/findings/{finding.pk}/plan/", planned(finding) | {"submit": "1", "approve": "on"})
    office.post(f"/findings/{finding.pk}/accept/", {"accept-check_by": "evidence"})
    measure = finding.measures.get()
    done = f"/findings/{finding.pk}/measures/{measure.pk}/done/"
    assert done in text(head.get(f"/findings/{finding.pk}/"))
    assert "完成情况" in text(head.post(done, {"text": ""}, follow=True))
    assert "已用一周" in text(head.post(done, {"text": "已用一周"}, follow=True))
    measure.refresh_from_db()
    assert measure.done_by == head.user


@pytest.mark.proves("CAP-01")
def test_two_who_answer_at_once_are_told(new, head, nurse):
    finding = new()
    seen = finding.steps.order_by("-pk").first().pk
    values = {
        "answer-cause": "第一位的原因", "answer-measure": "第一位的措施",
        "answer-measure_due_on": finding.due_on.isoformat(), "seen": seen,
    }  # fmt: skip
    nurse.post(f"/findings/{finding.pk}/answer/", values)
    second = head.post(f"/findings/{finding.pk}/answer/", values | {"answer-cause": "第二位的原因"})
    assert "陈晓红 已经“制定整改措施”" in text(second)
    assert "第二位的原因" in text(second)
    finding.refresh_from_db()
    assert finding.cause == "第一位的原因"


@pytest.mark.proves("CAP-03")
def test_more_time_is_asked_for_on_the_page(new, head, office):
    finding = new()
    wanted = (finding.due_on + timedelta(days=7)).isoformat()
    assert "申请延期" in text(head.get(f"/findings/{finding.pk}/"))
    head.post(f"/findings/{finding.pk}/ask/", {"ask-wanted_on": wanted, "ask-reason": "等待配件"})
    assert finding.number in text(office.get("/findings/?show=extension"))
    page = text(office.get(f"/findings/{finding.pk}/"))
    assert "等待配件" in page
    assert "不同意延期" in page
    assert head.post(f"/findings/{finding.pk}/extend/", {"extend-due_on": wanted}).status_code == 403
    page = text(
        office.post(
            f"/findings/{finding.pk}/extend/", {"extend-due_on": wanted, "extend-reason": "同意"}, follow=True
        )
    )
    assert "已延期 1 次，最多 2 次" in page


def test_equal_findings_are_merged_on_the_page(new, office):
    stays, goes = new(), new(title="封条又破了")
    assert f">{stays}<" in text(office.get(f"/findings/{goes.pk}/?do=merge"))
    page = text(
        office.post(
            f"/findings/{goes.pk}/merge/", {"merge-into": stays.pk, "merge-reason": "同一辆车"}, follow=True
        )
    )
    assert "这个问题已经合并" in page
    assert goes.number in text(office.get(f"/findings/{stays.pk}/"))
    assert goes.number not in text(office.get("/findings/"))
    office.post(f"/findings/{goes.pk}/unmerge/", {"unmerge-reason": "两辆车"})
    goes.refresh_from_db()
    assert goes.state == State.RAISED


def test_who_left_is_shown_with_the_way_out(new, office, head, nurse, hospital):
    finding = new()
    head.user.is_active = False
    head.user.save()
    for address in (f"/findings/{finding.pk}/", "/findings/board/"):
        assert "已离岗" in text(office.get(address))
    assert finding.number in text(office.get("/findings/?show=left"))
    office.post(
        f"/findings/{finding.pk}/delegate/", {"delegate-to": nurse.user.pk, "delegate-accountable": "on"}
    )
    finding.refresh_from_db()
    assert finding.owner == nurse.user
    assert "已离岗" not in text(office.get(f"/findings/{finding.pk}/"))


@pytest.mark.proves("CAP-07")
def test_a_finding_is_put_before_a_committee(new, office, hospital):
    body = Body.objects.create(
        institution_id=hospital.id,
        kind=Body.Kind.QUALITY_COMMITTEE,
        name="质量委员会",
        valid_from=date(2020, 1, 1),
    )
    finding = new()
    page = office.post(
        f"/findings/{finding.pk}/refer/",
        {"refer-body": body.pk, "refer-question": "是否更换急救车"},
        follow=True,
    )
    assert "待讨论" in text(page)
    assert "是否更换急救车" in text(page)


def test_a_row_of_months_demands_a_project(new, office):
    finding = new()
    for n in (1, 2):
        earlier = new()
        Finding.objects.filter(pk=earlier.pk).update(raised_at=earlier.raised_at - timedelta(days=31 * n))
    onward.register("trial", lambda user, finding: Onward("立项改进", f"/trial/?finding={finding.pk}"))
    page = text(office.get(f"/findings/{finding.pk}/"))
    onward.unregister("trial")
    assert "已连续 3 个月" in page
    assert f"/trial/?finding={finding.pk}" in page


@pytest.mark.proves("CAP-13", "CAP-15")
def test_responsibility_follow_up_and_rule_are_kept(new, office, hospital):
    person = Person.objects.create(institution_id=hospital.id, staff_number="D7", name="周强")
    Appointment.objects.create(
        institution_id=hospital.id, person=person, department_id=hospital.departments["CARD"].id, post="physician",
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    finding = new()
    actions.override_closure(
        finding, by=office.user, now=timezone.now(), reason="与另一院区重复，不再单独处理"
    )
    base = f"/findings/{finding.pk}"
    office.post(f"{base}/account/", {"account-role": "direct", "account-person": person.pk})
    office.post(f"{base}/learn/", {"learn-text": "补封要落实到人", "learn-rule_title": "急救车管理制度"})
    office.post(f"{base}/follow/", {"follow-held": "yes", "follow-text": "三个月未再发生"})
    page = text(office.get(f"{base}/"))
    for words in ("直接责任人：周强", "急救车管理制度", "三个月未再发生"):
        assert words in page


@pytest.mark.proves("D-12", "CAP-02")
def test_the_sheet_as_pdf_and_word(new, head, office):
    from docx import Document
    from pypdfium2 import PdfDocument

    finding = new(place="抢救室", level="critical")
    head.post(f"/findings/{finding.pk}/plan/", planned(finding) | {"submit": "1", "approve": "on"})
    with PdfDocument(office.get(f"/findings/{finding.pk}/sheet.pdf").content) as pdf:
        said = "".join(page.get_textpage().get_text_range() for page in pdf)
    document = Document(BytesIO(office.get(f"/findings/{finding.pk}/sheet.docx").content))
    words = "".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    for found in (said, words):
        for expected in (finding.department_name, "重大", "抢救室", "印发交接单", "护理部"):
            assert expected in found
    printed = text(office.get(f"/findings/{finding.pk}/sheet/"))
    assert "印发交接单" in printed


def test_papers_and_plan_of_another_department_do_not_exist(new, as_role, hospital):
    finding = new()
    other = as_role("department_head", hospital.departments["GSUR"])
    for address in ("sheet.pdf", "sheet.docx", "plan/"):
        assert other.get(f"/findings/{finding.pk}/{address}").status_code == 404
    assert finding.number not in text(other.get("/findings/board/"))


@pytest.mark.proves("CAP-14")
def test_the_board_leads_down_to_the_findings(new, office, hospital, django_assert_max_num_queries):
    finding = new()
    Finding.objects.filter(pk=finding.pk).update(due_on=date(2020, 1, 1))
    with django_assert_max_num_queries(30):
        page = text(office.get("/findings/board/?months=3&severity=minor"))
    assert f"?show=overdue&amp;department={finding.department_id}" in page
    month = timezone.localdate(finding.raised_at).strftime("%Y-%m")
    for query in (f"month={month}", "source=manual", "severity=minor"):
        assert finding.number in text(office.get(f"/findings/?show=all&{query}"))
    assert finding.number not in text(office.get("/findings/?show=all&month=2001-01"))
    assert office.get("/findings/board/?months=x&department=y&severity=z").status_code == 200
    book = office.get("/findings/board.xlsx?months=12")
    assert book.content[:2] == b"PK"


def test_a_persons_share(new, head, office, nurse):
    finding = new()
    actions.delegate(finding, by=head.user, now=timezone.now(), to=nurse.user)
    assert finding.number in text(office.get(f"/findings/people/{head.user.pk}/"))
    page = text(nurse.get(f"/findings/people/{nurse.user.pk}/"))
    assert "经办的问题" in page
    assert finding.number in page


def test_the_page_of_a_finding_needs_few_queries(new, office, head, django_assert_max_num_queries):
    finding = new()
    head.post(f"/findings/{finding.pk}/plan/", planned(finding) | {"submit": "1", "approve": "on"})
    with django_assert_max_num_queries(45):
        office.get(f"/findings/{finding.pk}/")


def test_a_level_of_the_policy_is_raised_on_the_form(office, hospital):
    office.post(
        "/findings/raise/",
        {
            "departments": [hospital.departments["CARD"].id],
            "title": "氧气中断",
            "detail": "两分钟",
            "severity": "critical",
        },
    )
    finding = Finding.objects.get()
    assert (finding.level, finding.severity) == ("critical", "major")
    assert finding.due_on - timezone.localdate(finding.raised_at) == timedelta(days=7)
    assert finding.steps.get().act == Act.RAISE
