"""The way of a sheet: opened, typed, submitted, returned, accepted, corrected; each step by who may, once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from tests.unit.hospital.functions.reporting.conftest import FULL, MONTH, NOW
from zhikong.foundation.facts import gateway, reported
from zhikong.foundation.facts.actions import publish_counts
from zhikong.foundation.facts.reported import Count
from zhikong.foundation.notices.models import Receipt
from zhikong.foundation.outbox.models import Announcement
from zhikong.foundation.tasks.queries import open_tasks
from zhikong.hospital.functions.reporting import actions, queries, reactions
from zhikong.hospital.functions.reporting.facts import FiguresAccepted
from zhikong.hospital.functions.reporting.models import AcceptedFigure, FigureEntry, FigureSheet
from zhikong.hospital.functions.reporting.rules import Act, Cell, State

LATER = NOW + timedelta(days=1)


def tasks_of(user):
    return [task.title for task in open_tasks(user=user)]


# ---- opening ----------------------------------------------------------------------------------------------------------


@pytest.mark.proves("P-15", "REP-01")
def test_a_month_that_is_over_gives_every_department_its_sheets_and_a_task_with_its_reason(hospital, officer):
    made = actions.open_month(by=None, now=NOW, month=MONTH)
    owed = {(sheet.department.code, sheet.set_id) for sheet in made}
    assert owed == {
        ("CARD", "clinical_monthly"), ("GSUR", "clinical_monthly"), ("PAED", "clinical_monthly"),
        ("LAB", "medtech_monthly"), ("MED", "compensation_monthly"), ("MED", "service_monthly"),
        ("QC", "core_systems_monthly"),
    }  # fmt: skip
    (task,) = open_tasks(user=officer)
    assert task.due_on == date(2026, 11, 6)  # the fifth working day after 31 October
    assert task.due_reason == "每月第 5 个工作日前报上月数据（科室每月自查、总结、上报）"
    assert actions.open_month(by=None, now=NOW, month=MONTH) == []


def test_a_running_month_is_not_reported(hospital):
    with pytest.raises(ValidationError, match="还没有结束"):
        actions.open_month(by=None, now=NOW, month="2026-11")
    with pytest.raises(ValidationError, match="应写作"):
        actions.open_month(by=None, now=NOW, month="2026-13")


def test_only_whom_the_set_names_opens_and_types(hospital, open_sheet, make_user):
    other = make_user("qc_officer", hospital.departments["GSUR"])
    with pytest.raises(PermissionDenied):
        open_sheet("CARD", by=other)
    nurse = make_user("nurse", hospital.departments["CARD"])
    with pytest.raises(PermissionDenied):
        open_sheet("CARD", by=nurse)
    with pytest.raises(ValidationError, match="不用填报"):
        open_sheet("CARD", set_id="medtech_monthly")
    head = make_user("department_head", hospital.departments["CARD"])
    assert open_sheet("CARD", by=head).pk == open_sheet("CARD").pk  # opened once


# ---- typing -----------------------------------------------------------------------------------------------------------


def test_a_row_is_kept_as_it_is_typed_and_the_same_again_changes_nothing(open_sheet, officer):
    sheet = open_sheet()
    actions.save_row(sheet, by=officer, now=NOW, item="equipment", cell=Cell(21, 20))  # wrong, and kept
    assert actions.save_rows(sheet, by=officer, now=NOW, cells={"equipment": Cell(21, 20)}) == 0
    assert actions.save_rows(sheet, by=officer, now=NOW, cells={"equipment": Cell(20, 20)}) == 1
    assert FigureEntry.objects.get(sheet=sheet).edits == 2


def test_another_persons_change_is_not_written_over(open_sheet, officer, make_user, hospital):
    sheet, head = open_sheet(), make_user("department_head", hospital.departments["CARD"], name="李建国")
    actions.save_row(sheet, by=officer, now=NOW, item="equipment", cell=Cell(20, 20), edits=0)
    actions.save_row(sheet, by=officer, now=NOW, item="equipment", cell=Cell(19, 20), edits=0)  # own haste
    with pytest.raises(ValidationError, match="周质控"):
        actions.save_row(sheet, by=head, now=NOW, item="equipment", cell=Cell(18, 20), edits=1)
    actions.save_row(sheet, by=head, now=NOW, item="equipment", cell=Cell(18, 20), edits=2)
    assert FigureEntry.objects.get(sheet=sheet).numerator == 18


def test_an_unknown_item_is_refused(open_sheet, officer):
    with pytest.raises(ValidationError, match="没有"):
        actions.save_row(open_sheet(), by=officer, now=NOW, item="bed_occupancy", cell=Cell(1, 2))


# ---- submitted, returned, accepted -----------------------------------------------------------------------------------


def test_an_unfinished_sheet_cannot_be_sent_and_says_why(open_sheet, officer):
    sheet = open_sheet()
    with pytest.raises(ValidationError, match="还有 8 项没有填"):
        actions.submit(sheet, by=officer, now=NOW)
    wrong = {**FULL, "equipment": Cell(103, 102), "basics_exam": Cell(19, 20)}
    actions.save_rows(sheet, by=officer, now=NOW, cells=wrong)
    with pytest.raises(ValidationError, match="三基考核、医疗设备 有错"):
        actions.submit(sheet, by=officer, now=NOW)
    assert FigureSheet.objects.get(pk=sheet.pk).state == State.DRAFT


@pytest.mark.proves("INS-05", "WF-04")
def test_returned_once_and_accepted(submitted, officer, office):
    assert tasks_of(officer) == []
    assert tasks_of(office) == ["审核填报：临床科室月度填报 2026-10（心血管内科）"]
    actions.return_sheet(submitted, by=office, now=NOW, reason="设备台数与台账不符，请核对。")
    assert (submitted.state, submitted.submitted_by) == (State.RETURNED, None)
    assert tasks_of(officer) == ["修改填报单：临床科室月度填报 2026-10（心血管内科）"]
    assert Receipt.objects.filter(user=officer, notice__text__contains="台账").exists()
    actions.save_rows(submitted, by=officer, now=LATER, cells={"equipment": Cell(99, 102)})
    actions.submit(submitted, by=officer, now=LATER)
    actions.accept(submitted, by=office, now=LATER)
    assert tasks_of(officer) == tasks_of(office) == []
    assert [step.act for step in queries.story(submitted)] == [
        Act.ACCEPT, Act.SUBMIT, Act.RETURN, Act.SUBMIT, Act.OPEN,
    ]  # fmt: skip
    figures = AcceptedFigure.objects.filter(sheet=submitted)
    assert figures.count() == 8
    equipment = figures.get(item="equipment")
    assert (equipment.numerator, equipment.reported_by, equipment.accepted_by) == (99, officer, office)
    assert Announcement.objects.filter(fact=FiguresAccepted.fact_name).count() == 1


def test_a_return_needs_a_reason_and_gives_time(submitted, office):
    with pytest.raises(ValidationError, match="退回必须写明原因"):
        actions.return_sheet(submitted, by=office, now=NOW, reason=" ")
    late = NOW + timedelta(days=6)  # Monday 9 November, after the deadline
    actions.return_sheet(submitted, by=office, now=late, reason="请补依据")
    assert (submitted.due_on, submitted.due_reason) == (date(2026, 11, 11), "退回后 2 个工作日内重新提交")


def test_nobody_accepts_what_he_sent_and_only_the_office_accepts(hospital, open_sheet, make_user, officer):
    both = make_user("medical_affairs", name="孙医务")  # fills its own set, and accepts those of others
    sheet = open_sheet("MED", set_id="compensation_monthly", by=both)
    actions.save_row(
        sheet, by=both, now=NOW, item="compensation", cell=Cell(1_000_000, 4_000_000_000, evidence="财务月报")
    )
    actions.submit(sheet, by=both, now=NOW)
    with pytest.raises(PermissionDenied):
        actions.accept(sheet, by=both, now=NOW)
    with pytest.raises(PermissionDenied):
        actions.accept(sheet, by=officer, now=NOW)


def test_the_submitter_with_the_offices_role_still_needs_another_person(submitted, officer, hospital):
    from zhikong.foundation.access.models import RoleAssignment

    RoleAssignment.objects.create(
        institution_id=hospital.id, user=officer, role="quality_office", valid_from=date(2020, 1, 1)
    )
    officer.__dict__.pop("_grants", None)
    again = type(officer).objects.get(pk=officer.pk)
    with pytest.raises(PermissionDenied, match="不能自己接收"):
        actions.accept(submitted, by=again, now=NOW)


def test_a_sheet_out_of_hand_is_locked(submitted, officer, office):
    with pytest.raises(ValidationError, match="不能再改"):
        actions.save_row(submitted, by=officer, now=NOW, item="equipment", cell=Cell(1, 2))
    with pytest.raises(ValidationError, match="不能“提交”"):
        actions.submit(submitted, by=officer, now=NOW)
    actions.accept(submitted, by=office, now=NOW)
    with pytest.raises(ValidationError, match="不能“退回”"):
        actions.return_sheet(submitted, by=office, now=NOW, reason="太晚了")


def test_accepted_figures_cannot_be_changed_by_anybody(submitted, office):
    actions.accept(submitted, by=office, now=NOW)
    for write in (
        lambda rows: rows.update(numerator=1),
        lambda rows: rows.delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write(AcceptedFigure.objects.filter(sheet=submitted))


# ---- corrections ------------------------------------------------------------------------------------------------------


def test_a_correction_is_a_new_version_with_its_reason_and_the_old_one_stays(submitted, officer, office):
    actions.accept(submitted, by=office, now=NOW)
    with pytest.raises(ValidationError, match="更正必须写明原因"):
        actions.correct(submitted, by=officer, now=LATER, reason="")
    actions.correct(submitted, by=officer, now=LATER, reason="漏计一台送修的呼吸机")
    actions.save_rows(submitted, by=officer, now=LATER, cells={"equipment": Cell(99, 102)})
    actions.submit(submitted, by=officer, now=LATER)
    actions.accept(submitted, by=office, now=LATER)
    known = AcceptedFigure.objects.filter(sheet=submitted, item="equipment").order_by("version")
    assert [(f.version, f.numerator, f.reason) for f in known] == [
        (1, 100, ""),
        (2, 99, "漏计一台送修的呼吸机"),
    ]
    assert queries.accepted_figure(
        department_id=submitted.department_id, month=MONTH, item="equipment", as_of=NOW
    ).numerator == 100  # fmt: skip


# ---- time ---------------------------------------------------------------------------------------------------------------


def test_extending_and_pressing(open_sheet, officer, office):
    sheet = open_sheet()
    with pytest.raises(ValidationError, match="晚于"):
        actions.extend(sheet, by=office, now=NOW, due_on=date(2026, 11, 5), reason="设备科盘点")
    actions.extend(sheet, by=office, now=NOW, due_on=date(2026, 11, 13), reason="设备科盘点")
    assert "同意延期：设备科盘点" in sheet.due_reason
    assert open_tasks(user=officer).get().due_on == date(2026, 11, 13)
    with pytest.raises(PermissionDenied):
        actions.extend(sheet, by=officer, now=NOW, due_on=date(2026, 11, 20), reason="自己给自己")
    assert actions.remind_late(by=office, now=NOW, month=MONTH) == 0  # nobody is late yet
    late = NOW + timedelta(days=14)
    assert actions.remind_late(by=office, now=late, month=MONTH) == 1
    assert Receipt.objects.filter(user=officer, notice__title__startswith="催报").count() == 1


def test_a_new_calendar_moves_the_deadline(open_sheet):
    from zhikong.foundation.calendar.rules import WorkingCalendar

    sheet = open_sheet()
    closed = WorkingCalendar({date(2026, 11, 4): (False, "停诊")})
    (moved,) = actions.recalculate(closed, frozenset({2026}))
    sheet.refresh_from_db()
    assert (moved.before, moved.after, sheet.due_on) == (
        date(2026, 11, 6),
        date(2026, 11, 9),
        date(2026, 11, 9),
    )


def test_a_sheet_that_is_opened_late_gets_time(hospital, officer):
    late = NOW + timedelta(days=30)
    sheet = actions.open_sheet(
        by=officer, now=late, set_id="clinical_monthly",
        department_id=hospital.departments["CARD"].id, month=MONTH,
    )  # fmt: skip
    assert (sheet.due_on, "原期限 2026-11-06 已过" in sheet.due_reason) == (date(2026, 12, 7), True)


# ---- into the facts -------------------------------------------------------------------------------------------------------


def shown(item="equipment"):
    return [(c.numerator, c.denominator) for c in reported.counts(months=[MONTH]) if c.item == item]


@pytest.mark.proves("IND-01")
def test_accepted_figures_become_facts_once_and_old_snapshots_keep_old_numbers(submitted, officer, office):
    actions.accept(submitted, by=office, now=NOW)
    fact = FiguresAccepted(submitted.pk, submitted.set_id, submitted.department_id, MONTH, 1)
    reactions.publish_accepted(fact, now=NOW)
    assert shown() == [(100, 102)]
    assert shown("discharged") == [(130, None)]
    first = gateway.published()
    reactions.publish_accepted(fact, now=NOW)  # a second delivery of the fact makes no second version
    assert gateway.published().data_version == first.data_version
    actions.correct(submitted, by=officer, now=LATER, reason="漏计一台")
    actions.save_rows(submitted, by=officer, now=LATER, cells={"equipment": Cell(99, 102)})
    actions.submit(submitted, by=officer, now=LATER)
    assert actions.publish_accepted(by=None, now=LATER) is None  # while it is corrected the old number counts
    actions.accept(submitted, by=office, now=LATER)
    assert actions.publish_accepted(by=None, now=LATER) is not None
    assert shown() == [(99, 102)]
    old = reported.counts(months=[MONTH], snapshot=gateway.published(data_version=first.data_version))
    assert [(c.numerator, c.denominator) for c in old if c.item == "equipment"] == [(100, 102)]


def test_a_file_does_not_write_over_what_was_accepted(submitted, office):
    actions.accept(submitted, by=office, now=NOW)
    actions.publish_accepted(by=None, now=NOW)
    publish_counts(by=None, now=LATER, counts=[
        Count("CARD", MONTH, "equipment", 1, 102), Count("GSUR", MONTH, "equipment", 5, 5),
    ])  # fmt: skip
    reactions.keep_accepted(type("Published", (), {"months": (MONTH,)}), now=LATER)
    assert sorted(shown()) == [(5, 5), (100, 102)]


def test_nothing_this_month_counts_as_reported(filled, officer, office):
    cells = {"rescue": Cell(nothing=True), "discharged": Cell(nothing=True)}
    actions.save_rows(filled, by=officer, now=NOW, cells=cells)
    actions.submit(filled, by=officer, now=NOW)
    actions.accept(filled, by=office, now=NOW)
    actions.publish_accepted(by=None, now=NOW)
    assert (shown("rescue"), shown("discharged")) == ([(0, 0)], [(0, None)])


def test_counts_that_the_contract_refuses_are_not_published(hospital):
    for wrong in ([Count("CARD", MONTH, "x", 3, 2)], [Count("CARD", MONTH, "x", 1, 2)] * 2):
        with pytest.raises(ValueError, match="not a delivery"):
            publish_counts(by=None, now=NOW, counts=wrong)


def test_reported_counts_are_read_within_the_scope_only(hospital, submitted, office):
    from zhikong.foundation.access.scope import scoped

    publish_counts(by=None, now=NOW, counts=[
        Count("CARD", MONTH, "equipment", 1, 2), Count("GSUR", MONTH, "equipment", 3, 4),
    ])  # fmt: skip
    with scoped(hospital.scope(departments=frozenset({hospital.departments["GSUR"].id}))):
        assert shown() == [(3, 4)]
        with pytest.raises(PermissionDenied):
            reported.counts(months=[MONTH], departments=["CARD"])


# ---- the grid ------------------------------------------------------------------------------------------------------------


def test_the_grid_shows_history_last_month_and_what_a_file_delivered(open_sheet, officer):
    past = [Count("CARD", month, "equipment", 100, 100) for month in queries.before(MONTH)]
    publish_counts(by=None, now=NOW, counts=[*past, Count("CARD", MONTH, "equipment", 88, 100)])
    sheet = open_sheet()
    row = queries.grid(sheet).row("equipment")
    assert (row.last, len(row.trend), row.imported.numerator) == ("100%", 13, 88)
    actions.save_row(
        sheet, by=officer, now=NOW, item="equipment", cell=replace(Cell(), numerator=60, denominator=100)
    )
    row = queries.grid(sheet).row("equipment")
    assert [remark.level for remark in row.remarks] == ["ask"]
    assert row.imported is None


def test_the_matrix_of_a_month(hospital, officer, office):
    actions.open_month(by=None, now=NOW, month=MONTH)
    found = queries.matrix(month=MONTH, today=date(2026, 11, 12))
    assert [title for _id, title in found.sets] == [
        "临床科室月度填报",
        "投诉纠纷赔偿月报",
        "核心制度检查月报",
        "医技科室月度填报",
        "医务管理月度填报",
    ]
    assert found.counts["draft"] == 7
    assert found.late == 4  # what offices report is due on the tenth working day
