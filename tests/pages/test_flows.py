"""Pages of flows: the list, the register, one case; as they should go, and refused."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from tests.pages.conftest import NOW
from tests.unit.foundation.flows.conftest import DESK, desk, open_desk, packs, people
from zhikong.foundation.flows import actions
from zhikong.foundation.flows.models import Case

__all__ = ["desk", "open_desk", "packs", "people"]


@pytest.fixture
def signed_in(hospital, people, at_noon):
    """signed_in(people.officer) → a client."""
    from django.test import Client

    def make(user):
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        client.user = user
        return client

    return make


def page(client, name, *args, status=200, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == status
    return answer.content.decode()


def send(client, case, step, *, branch=0, **values):
    key = f"{step}-{branch}"
    posted = {f"{key}-{name}": value for name, value in values.items()}
    posted |= {f"{key}-revision": values.get("revision", case.revision), f"{key}-branch": branch}
    return client.post(reverse("flows:act", args=[case.pk, step]), posted)


@pytest.mark.proves("WF-10")
def test_a_complaint_desk_works_with_these_pages_alone(signed_in, people, desk, hospital):
    officer, head, medical = (signed_in(u) for u in (people.officer, people.head, people.medical))
    assert "投诉接待" in page(officer, "flows:list")
    blank = page(officer, "flows:open", "desk")
    assert "投诉登记表" in blank
    assert "途径" in blank
    answer = officer.post(
        reverse("flows:open", args=["desk"]),
        {
            "title": "等候三小时",
            "department": hospital.departments["CARD"].id,
            "item_channel": "visit",
            "item_amount": "200",
        },
    )
    case = Case.objects.get()
    assert answer.url == reverse("flows:case", args=[case.pk])
    assert (case.title, case.values) == ("等候三小时", {"channel": "visit", "amount": 200})
    assert send(officer, case, "investigate").status_code == 302
    case.refresh_from_db()
    assert send(head, case, "stated", branch=1, reason="当天急诊多，已道歉").status_code == 302
    case.refresh_from_db()
    assert send(medical, case, "checked", branch=2).status_code == 302
    case.refresh_from_db()
    assert send(officer, case, "reply", reason="已当面答复").status_code == 302
    shown = page(officer, "flows:case", case.pk)
    for words in ("当天急诊多，已道歉", "各分支都已办完", "已当面答复", "已办结", "刘投诉新建"):
        assert words in shown


def test_the_case_page_says_until_when_and_why_and_what_one_may_not(signed_in, people, open_desk):
    case = open_desk(now=NOW)
    mine, others = (
        page(signed_in(people.officer), "flows:case", case.pk),
        page(signed_in(people.medical), "flows:case", case.pk),
    )
    assert "2 个工作日（当天不计" in mine
    assert "还有" in mine
    assert reverse("flows:act", args=[case.pk, "investigate"]) in mine
    assert reverse("flows:act", args=[case.pk, "investigate"]) not in others
    assert "“调查”由投诉专员办理，不在您的职责内" in others
    assert "现在轮到刘投诉办理" in others


def test_a_guards_sentence_stands_on_the_page_and_typed_words_stay(signed_in, people, open_desk):
    case = open_desk(amount=5000)
    officer = signed_in(people.officer)
    assert "赔偿 1000 元以上不能当场解决" in page(officer, "flows:case", case.pk)
    answer = send(officer, case, "withdraw", reason="")
    assert answer.status_code == 200
    shown = send(officer, case, "simple", reason="已当场解释清楚").content.decode()
    assert "已当场解释清楚" in shown
    case.refresh_from_db()
    assert case.state == "received"


def test_two_people_at_once_one_wins_and_the_other_gets_a_sentence(signed_in, people, open_desk):
    case = open_desk()
    seen = case.revision
    assert send(signed_in(people.officer), case, "investigate", revision=seen).status_code == 302
    answer = send(signed_in(people.officer_two), case, "investigate", revision=seen)
    assert answer.status_code == 302
    shown = signed_in(people.officer_two).get(answer.url)
    case.refresh_from_db()
    assert case.steps.filter(act="fork").count() == 2
    assert shown.status_code == 200


def test_an_opening_form_is_judged_by_the_form(signed_in, people, desk, hospital):
    answer = signed_in(people.officer).post(
        reverse("flows:open", args=["desk"]),
        {"title": "等候三小时", "department": hospital.departments["CARD"].id, "item_amount": "abc"},
    )
    shown = answer.content.decode()
    assert "请填数字" in shown
    assert "等候三小时" in shown
    assert not Case.objects.exists()


def test_who_may_not_open_is_refused(signed_in, people, desk):
    assert "您没有新建的职责" in page(signed_in(people.medical), "flows:open", "desk", status=403)


def test_the_register_filters_counts_and_exports(signed_in, people, open_desk):
    late, fresh = open_desk(now=NOW - timedelta(days=30), title="旧投诉"), open_desk(now=NOW, title="新投诉")
    officer = signed_in(people.officer)
    both, overdue = (
        page(officer, "flows:register", "desk"),
        page(officer, "flows:register", "desk", show="overdue"),
    )
    assert "旧投诉" in both
    assert "新投诉" in both
    assert "新投诉" not in overdue
    assert "旧投诉" not in page(officer, "flows:register", "desk", q=fresh.number)
    answer = officer.get(reverse("flows:export", args=["desk"]), {"show": "overdue"})
    rows = list(openpyxl.load_workbook(BytesIO(answer.content)).active.values)
    assert [row[0] for row in rows] == ["编号", late.number]
    assert "没有符合条件的案件" in page(officer, "flows:register", "desk", q="没有这样的")


def test_delegation_and_comment_on_the_page(signed_in, people, open_desk):
    case = open_desk()
    officer = signed_in(people.officer)
    officer.post(
        reverse("flows:delegate", args=[case.pk]),
        {"to-0-to": people.officer_two.pk, "to-0-reason": "休假", "to-0-branch": 0},
    )
    officer.post(reverse("flows:comment", args=[case.pk]), {"text": "患者又来电话"})
    shown = page(officer, "flows:case", case.pk)
    assert "“已受理”转给马接待" in shown
    assert "患者又来电话" in shown
    refused = signed_in(people.medical).post(
        reverse("flows:delegate", args=[case.pk]),
        {"to-0-to": people.officer.pk, "to-0-reason": "x", "to-0-branch": 0},
    )
    assert refused.status_code == 403


def test_evidence_is_attached_with_a_step_and_shown(signed_in, people, open_desk):
    from django.core.files.uploadedfile import SimpleUploadedFile

    case = open_desk()
    letter = SimpleUploadedFile("回复函.txt", "已答复".encode(), content_type="text/plain")
    answer = signed_in(people.officer).post(
        reverse("flows:comment", args=[case.pk]), {"text": "附回复函", "files_upload": letter}
    )
    assert answer.status_code == 302
    assert "回复函.txt" in page(signed_in(people.officer), "flows:case", case.pk)
    assert case.files.count() == 1


def test_the_picture_page_shows_drawing_words_and_open_cases(signed_in, people, open_desk):
    open_desk()
    shown = page(signed_in(people.medical), "flows:picture", "desk")
    for words in ("<svg", "流程图：投诉接待", "文字版", "时限：2 个工作日", "1 件 · 第 1 版"):
        assert words in shown


def test_migration_shows_first_and_then_acts(signed_in, people, open_desk, packs):
    case = open_desk()
    packs(desk=DESK.replace("version: 1", "version: 2").replace("title: 待答复", "title: 等待答复"))
    office = signed_in(people.office)
    assert "按现行版本办理" not in (shown := page(office, "flows:migrate", "desk"))
    assert "把 1 件改用第 2 版" in shown
    case.refresh_from_db()
    assert case.flow_version == 1
    assert office.post(reverse("flows:migrate", args=["desk"]), {"reason": "统一做法"}).status_code == 302
    case.refresh_from_db()
    assert case.flow_version == 2
    assert "按现行版本办理" in page(office, "flows:migrate", "desk")
    page(signed_in(people.officer), "flows:migrate", "desk", status=403)


def test_a_confidential_case_does_not_exist_for_others(signed_in, people, packs, open_desk):
    packs(desk=DESK.replace("demands_deadlines: true", "confidential: true"))
    case = open_desk(title="张某的事")
    page(signed_in(people.leader), "flows:case", case.pk, status=404)
    assert "张某的事" not in page(signed_in(people.leader), "flows:register", "desk", show="all")
    assert "张某的事" in page(signed_in(people.officer_two), "flows:case", case.pk)


def test_the_search_finds_what_one_may_see(signed_in, people, packs, open_desk):
    case = open_desk(title="等候时间过长")
    assert case.number in page(signed_in(people.officer), "search:index", q="等候时间")
    packs(desk=DESK.replace("demands_deadlines: true", "confidential: true"))
    open_desk(title="张某的事")
    assert "没有" in page(signed_in(people.leader), "search:index", q="张某的事")


def test_unknown_flows_and_cases_are_not_found(signed_in, people, desk):
    client = signed_in(people.officer)
    page(client, "flows:register", "nothing", status=404)
    page(client, "flows:case", 999_999, status=404)


def test_a_closed_case_offers_nothing(signed_in, people, open_desk):
    case = open_desk(now=timezone.now())
    actions.act(case, by=people.officer, now=timezone.now(), transition="simple", reason="已解释")
    shown = page(signed_in(people.officer), "flows:case", case.pk)
    assert "您可以办理" not in shown
    assert send(signed_in(people.officer), case, "withdraw", reason="撤回").status_code == 302


def test_reviewers_see_the_picture_and_the_effect(open_desk, people):
    from django.test import RequestFactory

    from zhikong.foundation.flows import kind, library

    open_desk()
    found = library.flow_in_force("desk", on=NOW.date())
    assert "<svg" in kind.preview(RequestFactory().get("/"), found.obj)
    said = kind.effect(found.obj, found.obj, now=NOW)
    assert said == ["现有 1 件未办结，都按各自新建时的版本继续办理，不受影响。", "第 1 版“已受理”：1 件。"]
