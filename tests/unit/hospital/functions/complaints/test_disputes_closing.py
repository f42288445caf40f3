"""Money, what people write, and the guards: a dispute of the first grade through all its branches (CMP-05 … CMP-15)."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from tests.unit.hospital.functions.complaints import disputing as case_of
from tests.unit.hospital.functions.complaints.disputing import NOW, TODAY, later
from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import scoped
from zhikong.foundation.findings.models import Finding, Verification
from zhikong.foundation.forms import actions as forms
from zhikong.foundation.forms.facts import SheetSubmitted
from zhikong.hospital.functions.complaints import documents_disputes as documents
from zhikong.hospital.functions.complaints import papers_disputes as papers
from zhikong.hospital.functions.complaints.actions.disputes import (
    appraising,
    closing,
    money,
    opening,
    routes,
    sealing,
    telling,
    writing,
)
from zhikong.hospital.functions.complaints.models.disputes import Dispute, DisputeBranch
from zhikong.hospital.functions.complaints.models.disputes_money import DisputeShare
from zhikong.hospital.functions.complaints.models.disputes_parts import DisputeLink, DisputeStatement
from zhikong.hospital.functions.complaints.queries.disputes import guards, reading
from zhikong.hospital.functions.complaints.reactions_disputes import sheet_submitted

Agreed, Failed = DisputeBranch.State.AGREED, DisputeBranch.State.FAILED
DISCUSSED = {
    "course": "术后 3 时突发室颤。", "condition": "已死亡。", "measures_now": "封存病历，陪同家属。", "demand": "赔偿并道歉。",
    "responsibility": "flaw", "responsibility_words": "监护间隔过长。", "cause": "rules", "cause_words": "夜间巡视未落实。",
    "prevention": "监护报警直达二线。", "suggestion": "协商赔偿。", "discussed_on": TODAY.isoformat(), "present": "全科",
}  # fmt: skip


@pytest.fixture
def who(hospital, make_user):
    return case_of.people(hospital, make_user)


def discussed(case, who):
    sheet = writing.open_discussion(case, by=who.head, now=NOW)
    assert writing.open_discussion(case, by=who.head, now=NOW).pk == sheet.pk
    forms.save_answers(sheet, by=who.head, now=NOW, raw=DISCUSSED)
    forms.submit(sheet, by=who.head, now=NOW)
    fact = SheetSubmitted(
        sheet.pk, sheet.definition_id, case.department_id, "", sheet.source_kind, sheet.source_key
    )
    sheet_submitted(fact, now=NOW)


@pytest.mark.proves("CMP-05")
@pytest.mark.proves("CMP-06")
@pytest.mark.proves("CMP-09")
@pytest.mark.proves("CMP-12")
@pytest.mark.proves("CMP-13")
@pytest.mark.proves("CMP-14")
@pytest.mark.proves("WF-10")
def test_a_grade_one_dispute_runs_all_branches_to_its_close(who):
    case = case_of.dispute(who, report_class="extraordinary", cause="treatment", died_at=NOW, frozen=True)
    insurance = case_of.reported(case, who, report_class="extraordinary")
    opening.decide_autopsy(case, by=who.office, now=later(days=1), agreed=True, who="赵女", text="同意书在案")
    record = case_of.sealed(who, case=case)
    discussed(case, who)
    case_of.written(case, who)
    case_of.ended(case, who, "negotiation", Failed)
    case_of.ended(case, who, "mediation", Failed, accepted_on=TODAY)
    case_of.ended(case, who, "administrative", Failed)
    court = routes.start(case, by=who.office, now=NOW, route="judicial", opened_on=TODAY, accepted_on=TODAY)
    appraised = appraising.apply_appraisal(
        case,
        by=who.office,
        now=NOW,
        kind="damage",
        body="省医学会",
        asked_by_side="court",
        applied_on=TODAY,
        branch=court,
    )
    appraising.accept_appraisal(appraised, by=who.office, now=NOW, accepted_on=TODAY)
    with pytest.raises(ValidationError, match="材料提交"):
        appraising.end_appraisal(
            appraised,
            by=who.office,
            now=NOW,
            result_on=TODAY,
            responsibility="main",
            share_percent=70,
            conclusion="主要",
        )
    appraising.give_materials(appraised, by=who.office, now=NOW, materials_on=TODAY, materials="病历、影像")
    for share in (59, 91):
        with pytest.raises(ValidationError, match="60% 到 90%"):
            appraising.end_appraisal(
                appraised,
                by=who.office,
                now=NOW,
                result_on=TODAY,
                responsibility="main",
                share_percent=share,
                conclusion="主要",
            )
    appraising.end_appraisal(
        appraised,
        by=who.office,
        now=NOW,
        result_on=TODAY,
        responsibility="main",
        share_percent=70,
        grade="1A",
        conclusion="监护不到位",
    )
    assert any(
        "途径没有结束" in one for one in guards.against_settling(Dispute.objects.get(pk=case.pk), "judged")
    )
    routes.file_paper(
        case,
        by=who.office,
        now=NOW,
        title="判决书",
        dated_on=TODAY,
        code="judgment",
        branch=court,
        kept_at="医务科",
    )
    routes.end(
        court, by=who.office, now=NOW, state=Agreed, ended_on=TODAY, result="判赔", agreed_fen=60_000_000
    )
    with pytest.raises(ValidationError, match="不符"):
        closing.settle(case, by=who.office, now=NOW, outcome="agreed", text="说成协商")
    closing.settle(case, by=who.office, now=NOW, outcome="judged", text="一审判决，双方不上诉")

    _pay_it(case, who, insurance)
    case_of.written(case, who, DisputeStatement.Kind.SELF_ANALYSIS)
    measure = _measured(case, who)
    _close_the_rest(case, who, record)
    with pytest.raises(ValidationError, match="满 30 天"):
        closing.close(case, by=who.office, now=later(days=20))
    writing.prove_measure(
        measure, by=who.office, now=later(days=31), held_effect=True, effect="再抽查 20 份合格"
    )
    done = closing.close(case, by=who.office, now=later(days=31))
    assert (done.state, done.grade, done.responsibility) == ("closed", "1A", "main")
    assert done.retain_until.year == 2056
    titles = [stop.title for stop in reading.line(done, list(done.branches.order_by("pk")))]
    assert titles == [
        "立案",
        "双方协商",
        "人民调解",
        "行政调解",
        "诉讼",
        "了结：法院裁判",
        "事后监管",
        "结案",
    ]
    with pytest.raises(ValidationError, match="已经结案"):
        telling.answer(done, by=who.office, now=later(days=31), text="再答复一次")
    content = documents.case_file(done, by=who.office, now=later(days=31))
    assert papers.word(content)[:2] == b"PK"
    assert papers.pdf(content)[:4] == b"%PDF"


def _pay_it(case, who, insurance):
    """Who bears what is even with what is owed; a person pays by decision only."""
    money.claim(insurance, by=who.office, now=NOW, claimed_fen=50_000_000, claimed_on=TODAY)
    money.decide_claim(
        insurance, by=who.office, now=NOW, decided_fen=45_000_000, decided_on=TODAY, decision="免赔"
    )
    with pytest.raises(ValidationError, match="核定"):
        money.set_share(case, by=who.office, now=NOW, payer="insurer", amount_fen=46_000_000)
    with pytest.raises(ValidationError, match="责任认定的决定"):
        money.set_share(case, by=who.office, now=NOW, payer="person", amount_fen=100_000, who=who.doctor)
    with pytest.raises(IntegrityError), transaction.atomic():  # nor behind the action's back
        DisputeShare.objects.create(
            institution_id=case.institution_id,
            dispute=case,
            payer="person",
            amount_fen=1,
            who=who.doctor,
            set_at=NOW,
            set_by=who.office,
        )
    told = {"decision_number": "ZR-2026-0003", "decided_on": TODAY, "who": who.doctor}
    shares = [
        money.set_share(case, by=who.office, now=NOW, payer="insurer", amount_fen=45_000_000),
        money.set_share(case, by=who.office, now=NOW, payer="hospital", amount_fen=14_000_000),
        money.set_share(case, by=who.office, now=NOW, payer="person", amount_fen=1_000_000, **told),
    ]
    with pytest.raises(ValidationError, match="超过应赔"):
        money.set_share(case, by=who.office, now=NOW, payer="department", amount_fen=1)
    for share in shares:
        money.pay(
            share, by=who.office, now=NOW, amount_fen=share.amount_fen, paid_on=TODAY, voucher=f"V{share.pk}"
        )
    with pytest.raises(ValidationError, match="不能多付"):
        money.pay(shares[0], by=who.office, now=NOW, amount_fen=1, paid_on=TODAY, voucher="V9")
    wrong = shares[1].payments.get()
    money.reverse(wrong, by=who.office, now=NOW, voucher="R1")
    assert guards.ledger_problems(case) == ["赔偿还没有付清。"]
    money.pay(shares[1], by=who.office, now=NOW, amount_fen=14_000_000, paid_on=TODAY, voucher="V10")
    assert guards.ledger_problems(case) == []


def _measured(case, who):
    telling.add_party(case, by=who.office, now=NOW, role="relative", name="赵晓梅")
    with pytest.raises(ValidationError, match="不能写当事人的姓名"):
        writing.ask_measure(case, by=who.office, now=NOW,
                            title="赵晓梅投诉的监护问题", detail="整改", due_on=TODAY + timedelta(days=7))  # fmt: skip
    measure = writing.ask_measure(
        case,
        by=who.office,
        now=NOW,
        title="夜间监护报警无人应答",
        detail="报警直达二线。",
        due_on=TODAY + timedelta(days=7),
    )
    with pytest.raises(ValidationError, match="还没有关闭"):
        writing.prove_measure(measure, by=who.office, now=later(days=20), held_effect=True, effect="抽查合格")
    seen = Verification.objects.create(
        institution_id=case.institution_id, department_id=case.department_id, finding_id=measure.finding_id, at=later(days=10), by=who.quality,
        check_by="effect", passed=True, text="抽查 10 次全部应答",
    )  # fmt: skip
    Finding.objects.filter(pk=measure.finding_id).update(
        state="closed", closed_at=later(days=10), closed_by=who.quality, closing_verification=seen
    )
    return writing.prove_measure(
        measure, by=who.office, now=later(days=20), held_effect=True, effect="抽查合格"
    )


def _close_the_rest(case, who, record):
    case.refresh_from_db()
    assert any("封存没有启封" in one for one in guards.against_closing(case, now=later(days=20)))
    case_of.signed(record, who, "open", now=later(days=20))
    sealing.open_seal(
        record, by=who.office, now=later(days=20), reason="判决生效，双方要求启封", seal_state="完好"
    )
    for clock in case.clocks.filter(met_at=None, stopped=False):
        opening.meet_clock(clock, by=who.office, now=later(days=20), met_at=later(days=20), proof="已完成")
    case.refresh_from_db()


def test_what_a_person_writes_is_his_alone_and_nobody_accepts_his_own(who, make_user):
    case = case_of.dispute(who)
    made = writing.ask_statement(case, by=who.office, now=NOW, writer=who.doctor, ask="请说明 3 时的处置")
    with pytest.raises(PermissionDenied):
        writing.write_statement(made, by=who.head, now=NOW, text="替他写")
    with pytest.raises(ValidationError, match="了结以后"):
        writing.ask_statement(
            case, by=who.office, now=NOW, writer=who.doctor, ask="分析", kind="self_analysis"
        )
    with scoped(scope_of(who.doctor, TODAY)):
        assert DisputeStatement.objects.filter(pk=made.pk).exists()
        assert not Dispute.objects.filter(pk=case.pk).exists()
        made = writing.write_statement(made, by=who.doctor, now=NOW, text="3:10 到场")
    writing.return_statement(made, by=who.office, now=NOW, reason="没有写何时告知家属")
    with pytest.raises(ValidationError, match="没有提交"):
        writing.accept_statement(made, by=who.office, now=NOW)
    link = writing.link(case, by=who.office, now=NOW, kind="event", number="opaque-7")
    with scoped(scope_of(who.head, TODAY)):
        assert not DisputeLink.objects.filter(pk=link.pk).exists()


def test_a_held_case_is_never_purged_and_an_old_one_only_after_its_time(who):
    case = case_of.dispute(who)
    telling.add_party(case, by=who.office, now=NOW, role="patient", name="赵国强")
    past = {"state": "closed", "outcome": "withdrawn", "settled_at": NOW, "settled_by": who.office, "closed_at": NOW,
            "closed_by": who.office, "retain_until": TODAY}  # fmt: skip
    Dispute.objects.filter(pk=case.pk).update(**past)
    held = writing.hold(case, by=who.office, now=NOW, reason="法院调取")
    with pytest.raises(ValidationError, match="法律保留"):
        closing.purge(case, by=who.office, now=later(days=9), reason="期满")
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispute.objects.filter(pk=case.pk).update(purged_at=NOW, purged_by=who.office)
    writing.release(held, by=who.office, now=NOW, reason="法院已归还")
    with pytest.raises(ValidationError, match="保存期限到"):
        closing.purge(case, by=who.office, now=NOW, reason="期满")
    gone = closing.purge(case, by=who.office, now=later(days=1), reason="档案委员会决定")
    assert gone.parties.get().name == "—"
    assert gone.title == "（已销毁）"


@pytest.mark.proves("CMP-15")
def test_the_years_figures_follow_the_seeds_formulas(who):
    from zhikong.hospital.functions.complaints.actions.disputes import years
    from zhikong.hospital.functions.complaints.queries.disputes import figures

    first = case_of.dispute(who)
    opening.classify(first, by=who.office, now=NOW, report_class="general", cause="communication")
    case_of.dispute(who, report_class="major", cause="treatment")
    case_of.ended(first, who, "negotiation", Agreed, fen=4_000_001, paper="agreement")
    share = money.set_share(first, by=who.office, now=NOW, payer="hospital", amount_fen=4_000_001)
    money.pay(share, by=who.office, now=NOW, amount_fen=4_000_001, paid_on=TODAY, voucher="V1")
    empty = {one.code: one for one in figures.year_of(2026, today=TODAY).figures}
    assert empty["incidence"].value is None
    assert empty["incidence"].shown() == "不能计算"
    assert "需要 10 个月" in empty["compensation"].why
    years.tell_year(
        by=who.office, now=NOW, year=2026, source="年报", person_times=10_000, income_fen=2_000_000_000
    )
    told = {one.code: one for one in figures.year_of(2026, today=TODAY).figures}
    assert (told["incidence"].value, told["incidence"].met) == (2, True)
    assert told["compensation"].shown() == "20.00"  # shown rounded, yet above the limit of 20
    assert told["compensation"].met is False
    assert (told["closure"].top, told["closure"].bottom, told["closure"].met) == (0, 2, False)
    assert told["communication"].shown() == "50.00"
    found = figures.year_of(2026, today=TODAY)
    assert found.total.paid_fen == 4_000_001
    assert papers.workbook(found)[:2] == b"PK"
