"""The pages of findings: one happy path and one refused each."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from zhikong.foundation.files import actions as files
from zhikong.foundation.files.models import File
from zhikong.foundation.findings import actions
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.rules import State
from zhikong.foundation.tasks.models import Task


def text(response) -> str:
    return response.content.decode()


def raise_it(client, hospital, *codes, severity="minor"):
    return client.post(
        "/findings/raise/",
        {
            "departments": [hospital.departments[code].id for code in codes],
            "title": "平均住院日超过目标",
            "detail": "2026 年 10 月 16.2 天",
            "severity": severity,
            "source_kind": "indicator",
            "source_key": "average_length_of_stay@2026-10",
            "indicator_id": "average_length_of_stay",
            "month": "2026-10",
        },
        follow=True,
    )


def answer(client, finding, **changes):
    values = {
        "answer-cause": "床位周转慢",
        "answer-measure": "每周五讨论超长住院",
        "answer-measure_due_on": finding.due_on.isoformat(),
        "answer-approve": "on",
        **changes,
    }
    return client.post(f"/findings/{finding.pk}/answer/", values, follow=True)


@pytest.mark.proves("CAP-01", "CAP-14")
def test_the_office_raises_to_two_departments(office, head, hospital):
    form = office.get("/findings/raise/?indicator=average_length_of_stay&month=2026-10")
    assert "14 个工作日" in text(form)
    page = raise_it(office, hospital, "CARD", "GSUR")
    assert "已向心血管内科、普通外科发出整改通知" in text(page)
    assert Finding.objects.count() == 2
    assert "整改答复：平均住院日超过目标" in text(head.get("/tasks/"))
    assert "收到整改通知" in text(head.get("/notices/"))


def test_raising_without_a_department_keeps_what_was_typed(office):
    page = office.post("/findings/raise/", {"title": "一项问题", "severity": "minor"})
    assert page.status_code == 200
    assert "一项问题" in text(page)
    assert "都保留着" in text(page)
    assert not Finding.objects.exists()


def test_a_physician_does_not_raise(as_role, hospital):
    client = as_role("physician", hospital.departments["CARD"])
    page = raise_it(client, hospital, "CARD")
    assert page.status_code == 403
    assert "提出质量问题" in text(page)
    assert not Finding.objects.exists()


def test_a_quality_officer_raises_in_the_own_department_only(as_role, hospital):
    client = as_role("qc_officer", hospital.departments["CARD"])
    refused = raise_it(client, hospital, "GSUR")
    assert refused.status_code == 200
    assert not Finding.objects.exists()
    raise_it(client, hospital, "CARD")
    assert Finding.objects.get().department_name == "心血管内科"


@pytest.mark.proves("CAP-01", "CAP-02", "CAP-04", "WF-06")
def test_from_raised_to_closed_through_the_pages(office, head, hospital):
    raise_it(office, hospital, "CARD")
    finding = Finding.objects.get()
    assert "整改答复" in text(head.get(f"/findings/{finding.pk}/"))
    answer(head, finding)
    finding.refresh_from_db()
    assert (finding.state, finding.approved_by) == (State.DEPARTMENT_APPROVAL, head.user)
    office.post(f"/findings/{finding.pk}/accept/", {"accept-check_by": "evidence"})
    head.post(f"/findings/{finding.pk}/correct/", {"correct-evidence": "讨论记录四份"})
    values = {"verify-text": "记录属实", "verify-passed": "yes", "verify-close": "on"}
    page = office.post(f"/findings/{finding.pk}/verify/", values, follow=True)
    finding.refresh_from_db()
    assert finding.state == State.CLOSED
    for words in ("床位周转慢", "讨论记录四份", "记录属实", "已关闭"):
        assert words in text(page)
    assert not Task.objects.filter(state="open").exists()


def accepted(office, head, hospital):
    """A minor finding of cardiology whose measure is accepted."""
    raise_it(office, hospital, "CARD")
    finding = Finding.objects.get()
    answer(head, finding)
    office.post(f"/findings/{finding.pk}/accept/", {"accept-check_by": "evidence"})
    return finding


@pytest.mark.proves("CAP-02")
def test_evidence_carries_files(office, head, hospital, settings, tmp_path, as_role):
    """One that was uploaded by the component, and one that came with the form as without script."""
    settings.FILES_FOLDER, settings.FILES_SCANNER = tmp_path / "files", "off"
    finding = accepted(office, head, hospital)
    page = text(head.get(f"/findings/{finding.pk}/"))
    assert 'enctype="multipart/form-data"' in page
    token = page.split('data-token="')[1].split('"')[0]
    uploaded = head.post("/files/upload/", {"token": token, "file": document("讨论记录.txt")})
    number = text(uploaded).split('name="correct-files" value="')[1].split('"')[0]
    values = {
        "correct-evidence": "见附件",
        "correct-files": number,
        "correct-files_upload": document("签到表.txt"),
    }
    shown = text(head.post(f"/findings/{finding.pk}/correct/", values, follow=True))
    assert "见附件\n文件：讨论记录.txt、签到表.txt" in shown
    stored = File.objects.get(pk=number)
    evidence = finding.evidence.get()
    assert (stored.purpose, stored.retention) == ("findings.evidence", "quality_control")
    assert stored.used_for == f"findings.evidence:{evidence.pk}"
    assert evidence.files.count() == 2
    page = text(office.get(f"/findings/{finding.pk}/"))
    assert f"/files/{number}/download/" in page
    assert b"".join(office.get(f"/files/{number}/download/").streaming_content) == "讨论记录.txt".encode()
    assert "附件：讨论记录.txt、签到表.txt" in text(office.get(f"/findings/{finding.pk}/sheet/"))
    other = as_role("department_head", hospital.departments["GSUR"])
    assert other.get(f"/files/{number}/download/").status_code == 404


def test_a_bad_file_keeps_what_was_typed_and_what_was_uploaded(office, head, hospital, settings, tmp_path):
    settings.FILES_FOLDER, settings.FILES_SCANNER = tmp_path / "files", "off"
    finding = accepted(office, head, hospital)
    page = text(head.get(f"/findings/{finding.pk}/"))
    token = page.split('data-token="')[1].split('"')[0]
    uploaded = text(head.post("/files/upload/", {"token": token, "file": document("讨论记录.txt")}))
    number = uploaded.split('name="correct-files" value="')[1].split('"')[0]
    bad = SimpleUploadedFile("a.txt", b"<script>", "text/plain")
    values = {"correct-evidence": "见附件", "correct-files": number, "correct-files_upload": bad}
    page = text(head.post(f"/findings/{finding.pk}/correct/", values))
    assert "a.txt：文本里含有网页代码" in page
    assert "见附件" in page
    assert f'name="correct-files" value="{number}"' in page
    assert not finding.evidence.exists()


def test_the_files_of_another_department_are_no_evidence(office, head, hospital, settings, tmp_path):
    settings.FILES_FOLDER, settings.FILES_SCANNER = tmp_path / "files", "off"
    finding, now = accepted(office, head, hospital), timezone.now()
    foreign = files.store(
        by=office.user, now=now, upload=document("a.txt"), purpose="findings.evidence",
        department_id=hospital.departments["GSUR"].id,
    )  # fmt: skip
    with pytest.raises(ValidationError, match="不属于这个问题的科室"):
        actions.correct(finding, by=head.user, now=now, evidence="见附件", files=[foreign])


def document(name):
    return SimpleUploadedFile(name, name.encode(), "text/plain")


def test_the_office_and_the_leader_press_for_an_answer(office, as_role, head, hospital):
    """催办 reaches whoever has the task; the department itself is not offered it."""
    raise_it(office, hospital, "CARD")
    finding = Finding.objects.get()
    leader = as_role("hospital_leader")
    page = text(leader.get(f"/findings/{finding.pk}/"))
    assert f"/findings/{finding.pk}/remind/" in page
    leader.post(f"/findings/{finding.pk}/remind/", {"remind-text": "请本周内答复"})
    assert "请本周内答复" in text(head.get(f"/findings/{finding.pk}/"))
    assert "催办：整改答复" in text(head.get("/notices/"))
    assert f"/findings/{finding.pk}/remind/" not in text(head.get(f"/findings/{finding.pk}/"))
    assert head.post(f"/findings/{finding.pk}/remind/").status_code == 403


def test_the_head_nurse_answers_but_does_not_approve(office, as_role, head, hospital):
    raise_it(office, hospital, "CARD")
    finding = Finding.objects.get()
    nurse = as_role("head_nurse", hospital.departments["CARD"])
    assert "answer-approve" not in text(nurse.get(f"/findings/{finding.pk}/"))
    answer(nurse, finding)
    finding.refresh_from_db()
    assert finding.state == State.MEASURE
    assert nurse.post(f"/findings/{finding.pk}/approve/").status_code == 403


def test_a_rule_that_refuses_shows_the_page_with_what_was_typed(office, head, hospital):
    raise_it(office, hospital, "CARD")
    finding = Finding.objects.get()
    page = answer(head, finding, **{"answer-measure_due_on": "2099-01-01"})
    assert "请先申请延期" in text(page)
    assert "床位周转慢" in text(page)
    finding.refresh_from_db()
    assert (finding.state, finding.cause) == (State.RAISED, "")


def test_an_override_without_the_role_is_refused(office, head, hospital):
    raise_it(office, hospital, "CARD")
    finding = Finding.objects.get()
    page = head.post(f"/findings/{finding.pk}/override/", {"override-reason": "我觉得可以关闭这个问题了"})
    assert page.status_code == 403
    page = office.post(
        f"/findings/{finding.pk}/override/", {"override-reason": "重复登记，另见同批第一份通知"}
    )
    finding.refresh_from_db()
    assert finding.state == State.CLOSED


@pytest.mark.proves("ORG-02")
def test_another_department_does_not_see_it(office, as_role, hospital):
    raise_it(office, hospital, "CARD")
    finding = Finding.objects.get()
    other = as_role("department_head", hospital.departments["GSUR"])
    for address in ("", "sheet/"):
        assert other.get(f"/findings/{finding.pk}/{address}").status_code == 404
    assert finding.number not in text(other.get("/findings/?show=all"))
    assert finding.number in text(office.get("/findings/"))


def test_the_list_filters(office, hospital):
    raise_it(office, hospital, "CARD", "GSUR")
    Finding.objects.filter(department_name="普通外科").update(due_on=date(2020, 1, 1))
    page = text(office.get("/findings/?show=overdue"))
    assert "逾期 2020-01-01" in page
    assert "ZG-" in page
    assert "心血管内科</td>" not in page
    assert "没有符合条件" in text(office.get("/findings/?q=不存在的字"))
    assert "平均住院日" in text(office.get(f"/findings/?department={hospital.departments['CARD'].id}"))


@pytest.mark.proves("CAP-02")
def test_the_sheet_prints_every_part(office, head, hospital):
    raise_it(office, hospital, "CARD")
    finding = Finding.objects.get()
    answer(head, finding)
    page = text(office.get(f"/findings/{finding.pk}/sheet/"))
    for words in (
        "整改通知单",
        "A 市人民医院",
        finding.number,
        "床位周转慢",
        "每周五讨论",
        "科主任",
        "李建国",
    ):
        assert words in page


def test_signed_out_people_are_sent_to_sign_in(client, db):
    for address in ("/findings/", "/tasks/", "/notices/"):
        page = client.get(address)
        assert page.status_code == 302
        assert "/account/login/" in page["Location"]
