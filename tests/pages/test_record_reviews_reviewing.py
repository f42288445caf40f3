"""The queue, the reviewer's page and the record's page: one happy path, one refused, for each role that works there."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.reviews import HISTORY, NOW, ward_under_review  # noqa: F401
from zhikong.foundation.facts import chart_findings
from zhikong.foundation.facts.chart_findings import ChartFinding


@pytest.fixture(autouse=True)
def monday(monkeypatch):
    """The clock of requests stands at the ward's NOW."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def sign_in():
    def client(user):
        made = Client()
        made.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return made

    return client


@pytest.fixture
def machine(monkeypatch):
    """Two machine findings on Z1: copied case features with their span, and consents that nobody delivered."""
    found = [
        ChartFinding(
            rule="copied-case-features", version=2, title="病例特点照抄现病史", verdict="fail", reason="与现病史逐字相同",
            points=Decimal(2), span_document="Z1-2", span_section="病例特点", span_start=0, span_end=len(HISTORY),
        ),
        ChartFinding(
            rule="operation-consent-before", version=1, title="术前同意", verdict="not_assessable", reason="没有导入同意书"
        ),
    ]  # fmt: skip
    monkeypatch.setattr(chart_findings, "_providers", [lambda stay_id: found if stay_id == "Z1" else []])
    return found


def page(client, name, *args, **query):
    answer = client.get(reverse(f"record_reviews:{name}", args=args), query)
    return answer, answer.content.decode()


def act(client, review, **data):
    return client.post(reverse("record_reviews:review_act", args=[review.pk]), data)


class TestQueue:
    def test_an_officer_sees_what_waits_and_takes_it(self, ward, sign_in):
        client = sign_in(ward.officer)
        answer, html = page(client, "review_queue")
        assert answer.status_code == 200
        assert "待领取" in html
        assert html.count("科室评审</td>") == 3
        page(client, "review", ward.review().pk)
        _answer, html = page(client, "review_queue")
        assert "评审中" in html

    @pytest.mark.parametrize("tab", ["mine", "pool", "done", "returned", "appeals", "archive"])
    def test_every_tab_of_every_role(self, ward, sign_in, tab):
        for user in (ward.writer, ward.head, ward.reviewer):
            answer, html = page(sign_in(user), "review_queue", tab=tab)
            assert answer.status_code == 200
            assert 'class="tabs"' in html

    def test_records_that_are_late_for_the_archive_say_so(self, ward, sign_in):
        _answer, html = page(sign_in(ward.reviewer), "review_queue", tab="archive")
        assert html.count("逾期 10-") == 3

    def test_the_month_is_brought_in_by_those_who_assign(self, ward, sign_in):
        answer = sign_in(ward.reviewer).post(reverse("record_reviews:review_fill"), follow=True)
        assert "没有新的出院病历" in answer.content.decode()
        assert sign_in(ward.officer).post(reverse("record_reviews:review_fill")).status_code == 403

    def test_another_department_sees_nothing(self, ward, sign_in, make_user):
        other = make_user("qc_officer", ward.hospital.departments["GSUR"])
        _answer, html = page(sign_in(other), "review_queue", tab="pool")
        assert "没有待领取的病历" in html
        assert page(sign_in(other), "review", ward.review().pk)[0].status_code == 404

    def test_without_the_permission_there_is_no_queue(self, ward, as_role):
        assert page(as_role("auditor"), "review_queue")[0].status_code == 403


@pytest.mark.proves("WF-02", "REC-06", "D-14")
class TestReview:
    def test_chart_findings_and_sheet_stand_side_by_side(self, ward, sign_in, machine):
        answer, html = page(sign_in(ward.officer), "review", ward.review().pk)
        assert answer.status_code == 200
        for told in (
            HISTORY[:9],
            "病例特点照抄现病史",
            "主要诊断选择和编码正确",
            "0～100",
            "丙级～甲级",
            "没有导入同意书",
        ):
            assert told in html
        assert 'data-waiting="1"' in html

    def test_acts_are_stored_at_once_and_the_score_follows(self, ward, sign_in, machine):
        client, review = sign_in(ward.officer), ward.review()
        page(client, "review", review.pk)
        refused = act(client, review, verb="finish")
        assert refused.status_code == 422
        assert "1 条机器发现没有采纳或否定" in refused.json()["error"]
        html = act(
            client, review, verb="accept", rule="copied-case-features", item="copied_text"
        ).content.decode()
        assert "已采纳" in html
        mark = {
            "verb": "mark",
            "item": "case_features",
            "points": "0",
            "text": "病例特点即现病史",
            "document": "Z1-2",
            "section": "病例特点",
        }
        assert act(client, review, **mark, start="0", end="6").status_code == 200
        assert act(client, review, **mark, start="0", end="6").status_code == 200  # sent again: one mark
        act(client, review, verb="rest")
        act(client, review, verb="settle", item="implants", answer="na")
        act(client, review, verb="remark", text="总体规范")
        gone = act(
            client,
            review,
            verb="finish",
            text="请补",
            returned=str(review.marks.get(item="case_features").pk),
        )
        review.refresh_from_db()
        assert gone.json()["go"].endswith(f"?done={review.pk}")
        assert (review.high, review.grade, review.vetoes, review.state) == (88, "乙级", 1, "done")
        assert review.marks.count() == 2
        assert review.marks.get(item="case_features").quote == HISTORY[:6]
        assert act(client, review, verb="finish").json()["go"]  # the first answer was lost on its way
        _answer, html = page(client, "review_case", review.case_id, done=review.pk)
        for told in ("88", "乙级", "评下一份", "返修", "请补"):
            assert told in html

    def test_what_is_wrong_is_said_and_nothing_is_lost(self, ward, sign_in):
        client, review = sign_in(ward.officer), ward.review()
        page(client, "review", review.pk)
        for data, told in (
            ({"verb": "mark", "item": "tests_defects", "points": "x", "text": "缺日期"}, "请填数字"),
            ({"verb": "mark", "item": "tests_defects", "points": "9", "text": "缺日期"}, "不超过 2 分"),
            ({"verb": "unknown", "item": "implants", "text": ""}, "请写明缺少什么"),
            ({"verb": "accept", "rule": "gone", "item": "tests_defects"}, "机器没有再发现"),
        ):
            answer = act(client, review, **data)
            assert answer.status_code == 422
            assert told in answer.json()["error"]
        assert act(client, review, verb="nothing").status_code == 404

    def test_only_the_reviewer_fills_it(self, ward, sign_in):
        page(sign_in(ward.officer), "review", ward.review().pk)
        answer = act(sign_in(ward.head), ward.review(), verb="rest")
        assert answer.status_code == 403
        assert "已分给郑洁" in answer.json()["error"]

    def test_the_marks_are_taken_away_as_excel_and_word(self, ward, sign_in):
        from docx import Document
        from openpyxl import load_workbook

        ward.finished(marks=[("tests_defects", "1", "=缺外院检查日期")])
        client = sign_in(ward.officer)
        book = client.get(reverse("record_reviews:review_marks_xlsx", args=[ward.review().pk]))
        cells = [cell.value for row in load_workbook(BytesIO(book.content)).active.rows for cell in row]
        assert "病历 Z1 科室评审：99 分 甲级" in cells
        assert "=缺外院检查日期" in cells  # as text, never as a formula
        word = client.get(reverse("record_reviews:review_marks_docx", args=[ward.review().pk]))
        table = Document(BytesIO(word.content)).tables[0]
        assert table.rows[1].cells[2].text == "=缺外院检查日期"


@pytest.mark.proves("REC-07")
class TestRecord:
    def test_stages_are_compared_item_by_item(self, ward, sign_in):
        from zhikong.hospital.functions.record_reviews.actions.reviewing import assigning, finishing, marking

        ward.finished(marks=[("tests_defects", "1", "缺外院日期")])
        review = assigning.assign_review(
            by=ward.office, now=NOW, stay_id="Z1", stage="hospital", reviewer=ward.reviewer
        )
        marking.begin(review, by=ward.reviewer, now=NOW)
        marking.mark(
            review, by=ward.reviewer, now=NOW, item="tests_defects", points=Decimal(2), text="缺医院名称"
        )
        marking.settle_rest(review, by=ward.reviewer, now=NOW, unknown=())
        finishing.finish(review, by=ward.reviewer, now=NOW)
        _answer, html = page(sign_in(ward.head), "review_case", review.case_id)
        assert 'class="differs"' in html
        for told in ("缺外院日期", "缺医院名称", "院级评审", "98"):
            assert told in html

    def test_the_writer_mends_and_the_officer_rechecks(self, ward, sign_in):
        review = ward.finished(marks=[("tests_defects", "1", "缺外院日期")], returned=[0])
        (correction,) = review.case.corrections.all()
        writer, officer = sign_in(ward.writer), sign_in(ward.officer)
        assert "怎么改的" in page(writer, "review_case", review.case_id)[1]
        url = reverse("record_reviews:review_mend", args=[review.case_id])
        answer = writer.post(url, {"correction": correction.pk, "text": ""}, follow=True)
        assert "请写明怎么改的" in answer.content.decode()
        writer.post(url, {"correction": correction.pk, "text": "已补记", "addendum": "Z1-8"})
        html = page(officer, "review_case", review.case_id)[1]
        assert "复核合格" in html
        assert "Z1-8" in html
        url = reverse("record_reviews:review_recheck", args=[review.case_id])
        officer.post(url, {"correction": correction.pk, "decision": "accept"})
        correction.refresh_from_db()
        assert correction.state == "accepted"
        assert writer.post(url, {"correction": correction.pk}).status_code == 403

    def test_an_appeal_gets_a_number_and_another_arbitrates(self, ward, sign_in):
        review = ward.finished(
            marks=[("first_note_timely", "5", "超过 8 小时"), ("missing_notes", "6", "缺 3 次")]
        )
        mark = review.marks.get(item="first_note_timely")
        writer = sign_in(ward.writer)
        url = reverse("record_reviews:review_appeal", args=[review.case_id])
        answer = writer.post(url, {"mark": mark.pk, "reason": "签名时间在 8 小时内"}, follow=True)
        assert "编号 PS-2026-0001" in answer.content.decode()
        (appeal,) = review.appeals.all()
        assert "仲裁意见" not in page(sign_in(ward.officer), "review_case", review.case_id)[1]
        affairs = sign_in(ward.affairs)
        assert "仲裁意见" in page(affairs, "review_case", review.case_id)[1]
        url = reverse("record_reviews:review_arbitrate", args=[review.case_id])
        affairs.post(url, {"appeal": appeal.pk, "decision": "correct", "reason": "签名时间确在 8 小时内"})
        _answer, html = page(writer, "review_case", review.case_id)
        for told in ("94", "甲级", "更正"):
            assert told in html

    def test_it_is_archived_when_nothing_stands_in_the_way(self, ward, sign_in):
        review = ward.finished()
        client, url = sign_in(ward.reviewer), reverse("record_reviews:review_archive", args=[review.case_id])
        assert "病历已归档" in client.post(url, follow=True).content.decode()
        assert "已经归档" in client.post(url, follow=True).content.decode()
        assert sign_in(ward.officer).post(url).status_code == 403

    def test_a_blind_reviewer_sees_no_other_review(self, ward, sign_in):
        from zhikong.hospital.functions.record_reviews.actions.reviewing import assigning

        ward.finished(marks=[("tests_defects", "1", "缺外院日期")])
        second = assigning.assign_review(
            by=ward.office,
            now=NOW,
            stay_id="Z1",
            stage="second",
            reviewer=ward.reviewer,
            blind=True,
            sample="S1",
        )
        client = sign_in(ward.reviewer)
        assert page(client, "review_case", second.case_id)[0]["Location"].endswith(f"/{second.pk}/")
        answer, html = page(client, "review", second.pk)
        assert answer.status_code == 200
        assert "缺外院日期" not in html


class TestOffice:
    def test_the_policy_and_limits_are_chosen_on_a_page(self, ward, sign_in):
        client, url = sign_in(ward.office), reverse("record_reviews:review_settings")
        html = client.get(url).content.decode()
        assert "两项为丙" in html
        data = {"form_id": "contest_record_score", "policy_id": "national_habit", "department_check": "on"}
        days = dict.fromkeys(
            ["self_days", "department_days", "hospital_days", "correction_days", "appeal_days"], 3
        )
        assert client.post(url, data | days | {"archive_days": 0}).status_code == 422
        assert client.post(url, data | days | {"archive_days": 7}).status_code == 302
        from zhikong.foundation.forms.queries import chosen_policy
        from zhikong.hospital.functions.record_reviews.models import ReviewSetting

        assert ReviewSetting.objects.get().archive_days == 7
        assert chosen_policy("contest_record_score") == "national_habit"
        assert page(sign_in(ward.officer), "review_settings")[0].status_code == 403

    @pytest.mark.proves("REC-17", "REC-27")
    def test_the_quarter_is_summed_up(self, ward, sign_in):
        ward.finished("Z1", marks=[("tests_defects", "1", "缺外院日期")])
        ward.finished(
            "Z2",
            marks=[("first_note_timely", "5", "超时"), ("missing_notes", "6", "缺 3 次")],
            now=NOW + timedelta(hours=1),
        )
        answer, html = page(sign_in(ward.office), "review_quarter")
        assert answer.status_code == 200
        for told in ("2026-Q4", "50.0%", "150.0", "缺外院日期"):
            assert told in html
