"""待办 and 通知: what is mine, in the right order, and nobody else's."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from zhikong.foundation.findings import actions as findings
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.notices.models import Receipt
from zhikong.foundation.tasks import actions as tasks
from zhikong.foundation.tasks.models import Task

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def give(owner, title, due_on, hospital, code="CARD"):
    return tasks.assign(
        by=None, now=NOW, owner=owner, title=title, due_on=due_on, due_reason="测试的依据", source_kind="test",
        source_key=title, url="/somewhere/", department_id=hospital.departments[code].id,
    )  # fmt: skip


def text(response) -> str:
    return response.content.decode()


def test_overdue_stands_first_and_bold(head, hospital):
    today = timezone.localdate()
    give(head.user, "以后的事", today + timedelta(days=30), hospital)
    give(head.user, "过期的事", today - timedelta(days=2), hospital)
    page = text(head.get("/tasks/"))
    assert page.index("过期的事") < page.index("以后的事")
    assert f'<span class="overdue">逾期 {today - timedelta(days=2)}</span>' in page
    assert "测试的依据" in page
    filtered = text(head.get("/tasks/?when=overdue"))
    assert "过期的事" in filtered
    assert "以后的事" not in filtered


def test_i_do_not_see_what_others_have_to_do(head, as_role, hospital):
    give(head.user, "主任的事", date(2030, 1, 1), hospital)
    other = as_role("physician", hospital.departments["CARD"])
    assert "主任的事" not in text(other.get("/tasks/"))
    assert other.get(f"/tasks/{Task.objects.get().pk}/delegate/").status_code == 404


def test_delegating_reaches_a_colleague_and_not_a_stranger(head, as_role, hospital):
    task = give(head.user, "主任的事", date(2030, 1, 1), hospital)
    doctor = as_role("physician", hospital.departments["CARD"], name="周强")
    stranger = as_role("physician", hospital.departments["GSUR"])
    page = head.post(f"/tasks/{task.pk}/delegate/", {"to": stranger.user.pk, "reason": ""})
    assert "看不到这个科室" in text(page)
    head.post(f"/tasks/{task.pk}/delegate/", {"to": doctor.user.pk, "reason": "请代办"})
    assert "主任的事" in text(doctor.get("/tasks/"))
    assert "李建国 转办" in text(doctor.get("/tasks/"))
    assert "主任的事" not in text(head.get("/tasks/"))


@pytest.mark.proves("CAP-03", "ORG-07")
def test_what_is_overdue_climbs_from_the_owner_to_the_leader(head, as_role, hospital):
    office, leader = as_role("quality_office"), as_role("hospital_leader")
    finding = findings.raise_finding(
        by=office.user, now=NOW, department=hospital.departments["CARD"], title="三日确诊率下降", detail="60 %",
        severity="minor", source_kind="manual", source_key="", owner=head.user,
    )  # fmt: skip
    Receipt.objects.all().delete()  # what raising itself has told

    def told(days):
        findings.escalate_overdue(
            scope=hospital.scope(), now=NOW + (finding.due_on - NOW.date()) + timedelta(days)
        )
        inboxes = [text(reader.get("/notices/")) for reader in (head, office, leader)]
        return [page.count("三日确诊率下降") > 0 for page in inboxes]

    assert told(0) == [False, False, False]
    assert told(1) == [True, False, False]
    assert told(3) == [True, True, False]
    assert told(7) == [True, True, True]
    page = text(leader.get(f"/findings/{finding.pk}/"))
    assert "逾期" in page
    assert finding.due_reason in page  # why this day


@pytest.mark.proves("CAP-06")
def test_opening_a_notice_is_the_receipt(head, as_role, hospital):
    office = as_role("quality_office")
    card = hospital.departments["CARD"].id
    notice = notices.send(by=office.user, now=NOW, title="十月简报已发布", text="请查阅", departments=[card])
    assert "1 条未读" in text(head.get("/notices/"))
    page = text(head.get(f"/notices/{notice.pk}/"))
    assert "1 人中 1 人已读" in page
    assert Receipt.objects.get().read_at is not None
    assert "0 条未读" in text(head.get("/notices/"))


def test_a_notice_for_others_does_not_open(head, as_role, hospital):
    notice = notices.send(by=None, now=NOW, title="给外科", departments=[hospital.departments["GSUR"].id])
    assert head.get(f"/notices/{notice.pk}/").status_code == 404


def test_read_all_needs_post(head):
    notices.send(by=None, now=NOW, title="一", users=[head.user])
    assert head.get("/notices/read-all/").status_code == 405
    head.post("/notices/read-all/")
    assert Receipt.objects.get().read_at is not None
