"""A record through its review: queue, marks with evidence, score, feedback, escalation, correction, appeal, archive."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.reviews import HISTORY, NOW, person_of, ward_under_review  # noqa: F401


@pytest.fixture
def do():
    """The actions of the half."""
    from types import SimpleNamespace

    from zhikong.hospital.functions.record_reviews.actions.reviewing import (
        appealing,
        archiving,
        assigning,
        correcting,
        finishing,
        marking,
        settings,
    )

    return SimpleNamespace(
        appealing=appealing, archiving=archiving, assigning=assigning, correcting=correcting,
        finishing=finishing, marking=marking, settings=settings,
    )  # fmt: skip


def finding(rule="copied-case-features", verdict="fail", **more):
    from zhikong.foundation.facts.chart_findings import ChartFinding

    return ChartFinding(
        rule=rule, version=1, title="病例特点照抄现病史", verdict=verdict, reason="与现病史完全相同", **more
    )


def told(fact):
    from zhikong.foundation.outbox.models import Announcement

    return [one.payload for one in Announcement.objects.filter(fact=fact).order_by("pk")]


def tasks_of(user):
    from zhikong.foundation.tasks.models import Task

    return {task.title for task in Task.objects.filter(owner=user, state="open")}


def notices_of(user):
    from zhikong.foundation.notices.models import Receipt

    return [
        one.notice.title for one in Receipt.objects.filter(user=user).select_related("notice").order_by("pk")
    ]


@pytest.mark.proves("REC-06", "WF-02")
class TestQueue:
    def test_every_discharge_comes_into_review_once(self, ward, do):
        from zhikong.hospital.functions.record_reviews.models import ReviewAssignment, ReviewCase

        assert do.assigning.fill_queue(by=None, now=NOW, months=["2026-10"]) == 0
        assert (
            ReviewCase.objects.count()
            == ReviewAssignment.objects.filter(stage="department", reviewer=None).count()
            == 3
        )
        case = ReviewCase.objects.get(stay_id="Z1")
        # discharged on Friday 9 October 2026; Saturday the 10th is a working day by the State Council's table
        assert (case.stage, case.writer, case.archive_due) == ("department", "D001", archive_day())

    def test_a_writer_with_an_account_checks_first(self, ward, do):
        from zhikong.hospital.functions.record_reviews.models import (
            ReviewAssignment,
            ReviewCase,
            ReviewSetting,
        )

        ReviewAssignment.objects.all().delete()
        ReviewCase.objects.all().delete()
        ReviewSetting.objects.update(self_check=True)
        do.assigning.fill_queue(by=None, now=NOW, months=["2026-10"])
        review = ward.review(stage="self")
        assert (review.reviewer, review.case.stage) == (ward.writer, "self")
        do.marking.begin(review, by=ward.writer, now=NOW)
        do.marking.settle_rest(review, by=ward.writer, now=NOW, unknown=())
        done = do.finishing.finish(review, by=ward.writer, now=NOW)
        assert (done.case.stage, done.case.grade) == (
            "department",
            "",
        )  # the writer's own score does not count
        assert ward.review().reviewer is None

    def test_a_reviewer_of_another_department_is_let_in_by_the_assignment(self, ward, do, make_user):
        from zhikong.foundation.access.queries import scope_of
        from zhikong.foundation.access.scope import scoped

        outside = make_user("qc_officer", ward.hospital.departments["GSUR"], name="钱进")
        review = do.assigning.assign_review(
            by=ward.office, now=NOW, stay_id="Z2", stage="second", reviewer=outside, blind=True, sample="CY-1"
        )
        same = do.assigning.assign_review(
            by=ward.office, now=NOW, stay_id="Z2", stage="second", reviewer=outside, sample="CY-1"
        )
        assert same.pk == review.pk
        with scoped(scope_of(outside, date(2026, 11, 2))):
            do.marking.begin(review, by=outside, now=NOW)
            do.marking.settle_rest(review, by=outside, now=NOW, unknown=())
            done = do.finishing.finish(review, by=outside, now=NOW)
        assert (done.grade, done.case.stage) == ("甲级", "department")
        assert any("评审病历 Z2" in title for title in notices_or_tasks(outside))

    def test_nobody_reviews_an_own_record(self, ward, do):
        with pytest.raises(ValidationError, match="不能评审自己的病历"):
            do.assigning.assign_review(
                by=ward.office, now=NOW, stay_id="Z1", stage="hospital", reviewer=ward.writer
            )
        person_of(ward.hospital, ward.officer, "D009")
        ward.review().case.__class__.objects.filter(stay_id="Z1").update(attending="D009")
        with pytest.raises(PermissionDenied, match="另一位质控人员"):
            ward.started()

    def test_an_unknown_stay_is_refused(self, ward, do):
        with pytest.raises(ValidationError, match="没有找到住院 Z9"):
            do.assigning.assign_review(by=ward.office, now=NOW, stay_id="Z9", stage="hospital")


def notices_or_tasks(user):
    from zhikong.foundation.tasks.models import Task

    return [task.title for task in Task.objects.filter(owner=user)]


def archive_day():
    from zhikong.foundation.calendar.queries import working_calendar

    return working_calendar().add_working_days(date(2026, 10, 9), 2)


@pytest.mark.proves("REC-13", "D-14")
class TestMarks:
    def test_a_mark_keeps_its_evidence_and_the_sheet_follows(self, ward, do):
        from zhikong.foundation.facts.charts import chart_of

        review = ward.started()
        chart = chart_of("Z1", by=None, purpose="测试")
        made = do.marking.mark(
            review, by=ward.officer, now=NOW, item="case_features", points=Decimal(0), text="照抄现病史", chart=chart,
            evidence=do.marking.Evidence("Z1-2", "病例特点", 0, 9),
        )  # fmt: skip
        assert (made.quote, made.span_start, made.span_end) == (HISTORY[:9], 0, 9)
        review.sheet.refresh_from_db()
        assert review.sheet.answers["case_features"] == "no"
        found = do.finishing.live_range(review, {})
        assert (found.high, found.grade_high) == (90, "甲级")
        do.marking.unmark(made, by=ward.officer, now=NOW)
        review.sheet.refresh_from_db()
        assert "case_features" not in review.sheet.answers

    def test_evidence_that_is_not_in_the_chart_is_refused(self, ward, do):
        from zhikong.foundation.facts.charts import chart_of

        review, chart = ward.started(), chart_of("Z1", by=None, purpose="测试")
        with pytest.raises(ValidationError, match="证据不在这份病历里"):
            do.marking.mark(
                review, by=ward.officer, now=NOW, item="case_features", points=Decimal(0), text="照抄", chart=chart,
                evidence=do.marking.Evidence("Z1-2", "病例特点", 0, 999),
            )  # fmt: skip

    def test_points_are_those_of_the_item(self, ward, do):
        review = ward.started()

        def mark(item, points):
            return do.marking.mark(
                review, by=ward.officer, now=NOW, item=item, points=Decimal(points), text="缺陷"
            )

        assert mark("first_note_timely", "1").points == 5  # a yes/no item costs what it is worth
        with pytest.raises(ValidationError, match="不超过 2 分"):
            mark("tests_defects", "3")
        with pytest.raises(ValidationError, match="最多 1 位小数"):
            mark("tests_defects", "0.25")
        with pytest.raises(ValidationError, match="请选择扣分的条目"):
            mark("comment", "1")

    def test_a_machine_finding_is_accepted_or_refuted_with_a_reason(self, ward, do):
        review = ward.started()
        kwargs = {"by": ward.officer, "now": NOW}
        accepted = do.marking.judge_finding(
            review, finding(), accepted=True, item="copied_text", points=Decimal(2), **kwargs
        )
        assert (accepted.kind, accepted.points, accepted.text) == ("machine", 2, "与现病史完全相同")
        with pytest.raises(ValidationError, match="请写明为什么不是缺陷"):
            do.marking.judge_finding(review, finding(), accepted=False, **kwargs)
        do.marking.judge_finding(review, finding(), accepted=False, text="病例特点另有归纳", **kwargs)
        review.sheet.refresh_from_db()
        assert "copied_text" not in review.sheet.answers
        do.marking.settle_rest(review, unknown=(), **kwargs)
        done = do.finishing.finish(review, **kwargs)
        assert done.high == 100
        (fact,) = told("records.machine_verdict_judged")
        assert (fact["rule"], fact["outcome"], fact["stay_id"]) == ("copied-case-features", "refuted", "Z1")

    def test_what_no_machine_can_tell_wants_an_own_look_or_stays_a_range(self, ward, do):
        review, by = ward.started(), ward.officer
        unknown = {"consent_signed": "没有导入知情同意数据"}
        left = do.marking.settle_rest(review, by=by, now=NOW, unknown=unknown)
        assert left > 80
        do.marking.leave_unknown(review, by=by, now=NOW, item="implants", why="没有导入手术材料")
        review.refresh_from_db()
        done = do.finishing.finish(review, by=by, now=NOW, unknown=unknown)
        assert (done.low, done.high, done.grade) == (88, 100, "乙级～甲级")
        assert set(done.unknown) == {"consent_signed", "implants"}
        assert done.case.escalated_at is None  # it may still be an A

    def test_what_is_not_judged_is_named(self, ward, do):
        review = ward.started()
        with pytest.raises(ValidationError, match=r"还有条目没有评.*等 9"):
            do.finishing.finish(review, by=ward.officer, now=NOW)

    def test_a_finished_review_is_closed(self, ward, do):
        review = ward.finished()
        with pytest.raises(ValidationError, match="已完成，不能再改"):
            do.marking.mark(
                review, by=ward.officer, now=NOW, item="tests_defects", points=Decimal(1), text="缺陷"
            )

    def test_a_review_that_somebody_took_is_theirs(self, ward, do):
        ward.started()
        with pytest.raises(PermissionDenied, match="已分给郑洁"):
            do.marking.begin(ward.review(), by=ward.head, now=NOW)


@pytest.mark.proves("REC-08", "REC-09", "REC-17")
class TestOutcome:
    def test_the_writer_hears_at_once(self, ward):
        ward.finished(marks=[("tests_defects", "1", "缺外院检查日期")])
        assert notices_of(ward.writer) == ["病历 Z1 科室评审：99 分 甲级"]
        assert ward.review().case.grade == "甲级"

    def test_a_grade_b_goes_to_the_head_and_the_offices(self, ward):
        done = ward.finished(
            marks=[("first_note_timely", "5", "超时"), ("missing_notes", "6", "缺病程记录 3 次")]
        )
        assert (done.high, done.grade) == (89, "乙级")
        assert any("乙级病历 Z1" in title for title in tasks_of(ward.head))
        for user in (ward.office, ward.reviewer, ward.head):
            assert "乙级病历上报：Z1（89 分）" in notices_of(user)
        assert done.case.escalated_at == NOW

    def test_the_hospitals_policy_of_the_sheet_decides(self, ward, do):
        do.settings.change_setting(by=ward.office, now=NOW, policy_id="national_habit")
        done = ward.finished(marks=[("licensed_author", "0", "无审签")])
        assert (done.high, done.grade) == (100, "乙级")

    def test_the_hospital_review_outranks_the_department(self, ward, do):
        ward.finished(marks=[("tests_defects", "1", "缺项")])
        review = do.assigning.assign_review(
            by=ward.office, now=NOW, stay_id="Z1", stage="hospital", reviewer=ward.reviewer
        )
        assert review.case.stage == "hospital"
        do.marking.begin(review, by=ward.reviewer, now=NOW)
        do.marking.mark(
            review, by=ward.reviewer, now=NOW, item="treatment_plan", points=Decimal(4), text="无依据"
        )
        do.marking.settle_rest(review, by=ward.reviewer, now=NOW, unknown=())
        done = do.finishing.finish(review, by=ward.reviewer, now=NOW)
        assert (done.case.high, done.case.stage, done.case.result_id) == (96, "final", done.pk)


@pytest.mark.proves("REC-35")
class TestCorrection:
    def test_it_is_mended_by_an_addendum_and_checked_again(self, ward, do):
        review = ward.finished(
            marks=[("tests_defects", "1", "缺外院检查日期"), ("copied_text", "1", "拷贝")], returned=[0]
        )
        (correction,) = review.case.corrections.all()
        assert "返修病历 Z1" in tasks_of(ward.writer)
        with pytest.raises(PermissionDenied, match="书写医师本人"):
            do.correcting.mend(correction, by=ward.officer, now=NOW, text="已补")
        do.correcting.mend(correction, by=ward.writer, now=NOW, text="已补记检查日期", addendum="Z1-9")
        with pytest.raises(PermissionDenied, match="书写医师本人不能复核"):
            do.correcting.recheck(correction, by=ward.writer, now=NOW, accepted=True)
        do.correcting.recheck(correction, by=ward.officer, now=NOW, accepted=False, text="医院名称仍缺")
        assert "返修病历 Z1" in tasks_of(ward.writer)
        do.correcting.mend(correction, by=ward.writer, now=NOW, text="已补医院名称", addendum="Z1-10")
        do.correcting.recheck(correction, by=ward.officer, now=NOW, accepted=True)
        acts = [(step.act, step.addendum) for step in correction.steps.all()]
        assert acts == [
            ("asked", ""),
            ("mended", "Z1-9"),
            ("again", ""),
            ("mended", "Z1-10"),
            ("accepted", ""),
        ]
        assert not tasks_of(ward.writer)


@pytest.mark.proves("WF-02")
class TestAppeal:
    def appealed(self, ward, do, *, now=NOW):
        review = ward.finished(marks=[("first_note_timely", "5", "超时"), ("missing_notes", "6", "缺 3 次")])
        mark = review.marks.get(item="first_note_timely")
        return do.appealing.appeal(
            review, by=ward.writer, now=now, reason="8 小时内已写，见签名时间", mark=mark
        )

    def test_an_appeal_that_is_granted_changes_score_grade_and_rates(self, ward, do):
        from zhikong.hospital.functions.record_reviews.queries.reviewing.outcomes import (
            overturned_by_reviewer,
        )

        found = self.appealed(ward, do)
        assert found.number.startswith("PS-2026-")
        done = do.appealing.arbitrate(
            found, by=ward.affairs, now=NOW, correct=True, reason="签名时间在 8 小时内"
        )
        assert (done.outcome, done.before, done.after) == ("corrected", 89, 94)
        review = ward.review()
        assert (review.grade, review.case.grade, review.case.high) == ("甲级", "甲级", 94)
        assert overturned_by_reviewer()[ward.officer.pk].rate == 100
        assert any("更正" in title for title in notices_of(ward.writer))

    def test_the_reviewer_does_not_arbitrate(self, ward, do):
        found = self.appealed(ward, do)
        type(found).objects.filter(pk=found.pk).update(reviewer=ward.affairs)
        from zhikong.foundation.flows.models import Case

        Case.objects.filter(pk=found.flow_case).update(values={"concerned": ward.affairs.pk})
        with pytest.raises((PermissionDenied, ValidationError), match="原评审人"):
            do.appealing.arbitrate(found, by=ward.affairs, now=NOW, correct=True, reason="自己改")

    def test_it_has_a_deadline(self, ward, do):
        with pytest.raises(ValidationError, match="申诉期限是"):
            self.appealed(ward, do, now=NOW + timedelta(days=30))

    def test_closing_the_case_on_its_own_page_is_followed_too(self, ward, do):
        from zhikong.foundation.flows import actions as flows
        from zhikong.foundation.flows import queries as cases
        from zhikong.foundation.flows.facts import CaseClosed

        found = self.appealed(ward, do)
        flows.act(
            cases.case(found.flow_case), by=ward.affairs, now=NOW, transition="uphold", reason="确已超时"
        )
        do.appealing.on_closed(
            CaseClosed(found.flow_case, "review_appeal", found.department_id, "upheld"), now=NOW
        )
        found.refresh_from_db()
        assert (found.outcome, found.decision, found.decided_by) == ("upheld", "确已超时", ward.affairs)


class TestArchive:
    def test_it_waits_for_review_correction_and_appeal(self, ward, do):
        def archive():
            return do.archiving.archive(ward.review().case, by=ward.reviewer, now=NOW)

        with pytest.raises(ValidationError, match="还在科室评审"):
            archive()
        ward.finished(marks=[("tests_defects", "1", "缺项")], returned=[0])
        with pytest.raises(ValidationError, match="还在返修"):
            archive()
        correction = ward.review().case.corrections.get()
        do.correcting.mend(correction, by=ward.writer, now=NOW, text="已补记")
        do.correcting.recheck(correction, by=ward.officer, now=NOW, accepted=True)
        assert archive().archived_by == ward.reviewer
        with pytest.raises(ValidationError, match="已经归档"):
            archive()


@pytest.mark.proves("REC-38")
def test_while_a_record_is_sealed_it_is_neither_sent_back_nor_mended_nor_checked_nor_archived(ward, do):
    from zhikong.foundation.facts import sealing

    def provider(stay_id):
        return NOW if stay_id in sealed else None

    sealed = set()
    sealing.register(provider)
    try:
        correction = ward.finished(
            marks=[("tests_defects", "1", "缺项")], returned=[0]
        ).case.corrections.get()
        mend = {"by": ward.writer, "now": NOW, "text": "已补记", "addendum": "Z1-9"}
        sealed.update({"Z1", "Z2"})
        with pytest.raises(ValidationError, match="封存，启封前不能修改、补记"):
            do.correcting.mend(correction, **mend)
        with pytest.raises(ValidationError, match="封存，启封前不能修改"):
            ward.finished("Z2", marks=[("tests_defects", "1", "缺项")], returned=[0])
        assert ward.finished("Z3").grade == "甲级"
        sealed.clear()
        do.correcting.mend(correction, **mend)
        sealed.add("Z1")
        with pytest.raises(ValidationError, match="封存，启封前不能修改"):
            do.correcting.recheck(correction, by=ward.officer, now=NOW, accepted=True)
        with pytest.raises(ValidationError, match="封存，启封前不能修改"):
            do.archiving.archive(correction.case, by=ward.reviewer, now=NOW)
        sealed.clear()
        do.correcting.recheck(correction, by=ward.officer, now=NOW, accepted=True)
        assert do.archiving.archive(correction.case, by=ward.reviewer, now=NOW).archived_at == NOW
    finally:
        sealing.unregister(provider)


@pytest.mark.proves("REC-06")
def test_new_discharges_come_into_review_by_themselves_old_ones_do_not(ward, do):
    from zhikong.foundation.facts.announcements import TablesPublished
    from zhikong.hospital.functions.record_reviews.models import ReviewAssignment, ReviewCase

    ReviewAssignment.objects.all().delete()
    ReviewCase.objects.all().delete()
    do.assigning.on_published(TablesPublished(2, "v2", ("2026-10",), ("documents",)), now=NOW)
    do.assigning.on_published(TablesPublished(3, "v3", ("2025-10",), ("stays",)), now=NOW)
    assert not ReviewCase.objects.exists()
    do.assigning.on_published(
        TablesPublished(4, "v4", ("2025-10", "2026-10"), ("stays", "documents")), now=NOW
    )
    assert ReviewCase.objects.count() == 3
