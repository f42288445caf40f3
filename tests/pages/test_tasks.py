"""待办: filters, month, what I gave, my department, batch acts, leave, and the number in the top bar."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from zhikong.foundation.tasks import actions
from zhikong.foundation.tasks.models import HandOver, Task

pytestmark = pytest.mark.usefixtures("at_noon")


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def doctor(as_role, hospital):
    return as_role("physician", hospital.departments["CARD"], name="周强")


@pytest.fixture
def give(hospital):
    def make(owner, title, days=5, by=None, **changes):
        now = timezone.now()
        values = {
            "by": by, "now": now, "owner": owner.user, "title": title, "source_kind": "test", "source_key": title,
            "due_on": timezone.localdate(now) + timedelta(days=days), "due_reason": "测试的依据",
            "department_id": hospital.departments["CARD"].id, "url": "/somewhere/",
        }  # fmt: skip
        return actions.assign(**{**values, **changes})

    return make


@pytest.mark.proves("F-10")
def test_the_page_explains_the_date_and_counts(head, give):
    give(head, "整改一", due_from=date(2026, 9, 29), working_days=3, due_on=date(2026, 10, 10))
    give(head, "今天的", days=0)
    page = text(head.get("/tasks/"))
    assert "为什么是这一天" in page
    task = Task.objects.get(title="整改一")
    assert f'hx-get="/tasks/{task.pk}/why/"' in page
    assert "10-01 至 10-07 国庆节" in text(head.get(f"/tasks/{task.pk}/why/"))
    assert "10-01 至 10-07 国庆节" in text(head.get(f"/tasks/{task.pk}/"))
    assert '<span>已逾期</span><strong class="is-bad">1</strong>' in page
    assert "<span>今天到期</span><strong>1</strong>" in page


def test_filters_narrow_and_offer_only_what_occurs(head, office, give):
    give(head, "来自系统")
    give(head, "来自质控科", by=office.user, source_kind="finding")
    page = text(head.get("/tasks/"))
    assert "谁布置的" in page
    assert '<select name="department"' not in page
    for query, shown in (
        (f"given_by={office.user.pk}", "来自质控科"),
        ("given_by=system", "来自系统"),
        ("source=finding", "来自质控科"),
        ("q=系统", "来自系统"),
    ):
        found = text(head.get(f"/tasks/?{query}"))
        other = ({"来自质控科", "来自系统"} - {shown}).pop()
        assert f">{shown}</a>" in found, query
        assert f">{other}</a>" not in found, query
    assert "没有符合条件的待办" in text(head.get("/tasks/?when=overdue"))


def test_the_month_shows_days_with_links(head, give):
    for number in range(5):
        give(head, f"事 {number}", days=2)
    page = text(head.get("/tasks/calendar/"))
    assert "还有 2 项" in page
    assert "?on=2026-11-24" in page
    assert "事 4" in text(head.get("/tasks/?on=2026-11-24"))
    assert "国庆节" in text(head.get("/tasks/calendar/?month=2026-10"))
    assert head.get("/tasks/calendar/?month=nonsense").status_code == 200
    assert head.get("/tasks/calendar/?month=9999-12").status_code == 200


def test_batch_asks_what_it_needs_and_says_what_became_of_each(head, doctor, give):
    mine, other = give(head, "我的"), give(doctor, "他的")
    chosen = {"act": "delegate", "task": [mine.pk, other.pk], "back": "/tasks/"}
    asked = text(head.post("/tasks/batch/", chosen))
    assert "转给" in asked
    page = text(
        head.post(
            "/tasks/batch/", {**chosen, "confirmed": "1", "to": doctor.user.pk, "reason": ""}, follow=True
        )
    )
    assert "1 成功，1 未成功" in page
    assert "这不是您的待办" in page


def test_batch_without_a_choice_or_with_a_strangers_task_does_nothing(doctor, head, give):
    assert "请先勾选" in text(doctor.post("/tasks/batch/", {"act": "done"}, follow=True))
    task = give(head, "主任的")
    doctor.post("/tasks/batch/", {"act": "remind", "task": [task.pk], "confirmed": "1"}, follow=True)
    assert not task.events.exists()
    page = doctor.post("/tasks/batch/", {"act": "done", "task": ["x"], "back": "https://evil.example/"})
    assert page.url == "/tasks/"


def test_what_i_gave_can_be_reminded_together(office, head, doctor, give):
    for person in (head, doctor):
        give(person, f"给 {person.user}", by=office.user)
    page = text(office.get("/tasks/given/"))
    assert "给 李建国" in page
    assert "给 周强" in page
    pks = list(Task.objects.values_list("pk", flat=True))
    done = office.post(
        "/tasks/batch/", {"act": "remind", "task": pks, "confirmed": "1", "text": ""}, follow=True
    )
    assert "2 成功，0 未成功" in text(done)


def test_the_head_sees_the_team_by_person_and_no_other_department(
    head, doctor, office, give, as_role, hospital
):
    surgeon = as_role("physician", hospital.departments["GSUR"], name="孙立")
    give(doctor, "内科的事", days=-2)
    give(surgeon, "外科的事", department_id=hospital.departments["GSUR"].id)
    page = text(head.get("/tasks/team/"))
    assert "周强" in page
    assert "逾期 1" in page
    assert "外科的事" not in page
    assert "外科的事" in text(office.get("/tasks/team/"))
    assert doctor.get("/tasks/team/").status_code == 403


def test_giving_a_task_by_hand_and_ticking_it_off(head, doctor, hospital):
    values = {
        "title": "补签名",
        "text": "",
        "department": hospital.departments["CARD"].id,
        "due_on": "2026-12-01",
    }
    assert head.post("/tasks/new/", {**values, "owner": doctor.user.pk}).status_code == 302
    task = Task.objects.get()
    assert "补签名" in text(doctor.get(f"/tasks/{task.pk}/"))
    doctor.post("/tasks/batch/", {"act": "done", "task": [task.pk], "back": "/tasks/"})
    assert "办结" in text(doctor.get(f"/tasks/{task.pk}/"))
    assert doctor.get("/tasks/new/").status_code == 403


def test_a_task_opens_for_those_concerned_only(head, doctor, office, give, as_role, hospital):
    task = give(head, "主任的")
    assert head.get(f"/tasks/{task.pk}/").status_code == 200
    assert office.get(f"/tasks/{task.pk}/").status_code == 200
    assert doctor.get(f"/tasks/{task.pk}/").status_code == 404
    assert doctor.get(f"/tasks/{task.pk}/why/").status_code == 404


@pytest.mark.proves("F-10")
def test_leave_is_shown_on_both_pages_and_ends_early(head, doctor, give):
    give(head, "主任的")
    values = {"deputy": doctor.user.pk, "from_on": "2026-11-22", "to_on": "2026-11-30", "reason": "年假"}
    assert "已转交 1 项" in text(head.post("/tasks/leave/", values, follow=True))
    assert "您的待办由 周强 代理" in text(head.get("/tasks/"))
    page = text(doctor.get("/tasks/"))
    assert "您代理 李建国 的待办" in page
    assert "代 李建国" in page
    made = HandOver.objects.get()
    assert doctor.post(f"/tasks/leave/{made.pk}/end/").status_code == 403
    assert "回到 李建国 名下" in text(head.post(f"/tasks/leave/{made.pk}/end/", follow=True))
    assert "主任的" in text(head.get("/tasks/"))


def test_leave_that_overlaps_is_explained(head, doctor):
    values = {"deputy": doctor.user.pk, "from_on": "2026-11-22", "to_on": "2026-11-30", "reason": ""}
    head.post("/tasks/leave/", values)
    assert "请先结束那一段" in text(head.post("/tasks/leave/", values))


def test_the_badge_is_one_number_and_nothing_after_signing_out(head, give, django_assert_max_num_queries):
    give(head, "一")
    head.get("/tasks/badge/")
    with django_assert_max_num_queries(12):
        answer = head.get("/tasks/badge/")
    assert "待办 1" in " ".join(text(answer).split())
    assert 'hx-trigger="poll"' in text(answer)
    assert Client().get("/tasks/badge/").status_code == 204
