"""The demo hospital's improvement month and its self-assessment: partly done, as in the middle of the work."""

from datetime import datetime, timedelta

from django.utils import timezone

from zhikong.foundation.organisation.queries import resolve
from zhikong.hospital.functions.accreditation import actions as accreditation
from zhikong.hospital.functions.accreditation.models import Review
from zhikong.hospital.functions.campaigns import actions as campaigns
from zhikong.hospital.functions.campaigns.models import Campaign
from zhikong.site.demo.acting import acting, at

OFFICE, HEAD, CARDIOLOGY = "zhikong", "keshi", "CARD"
PRESET, STANDARD = "improvement_month", "tertiary_hospital_data"
OWN = {
    "2.2.2.2": ("B", "近一年逐月低于目标"),
    "2.2.2.3": ("E", "本科室不收治新生儿"),
    "2.2.2.4": ("C", "达到要求，缺分析记录"),
}


def tell(*, now: datetime) -> bool:
    """Tell the story once; False when it was told before."""
    if Campaign.objects.exists() or Review.objects.exists():
        return False
    ward = resolve(name_or_code=CARDIOLOGY, on=timezone.localdate(now)).id
    _month(now, ward)
    _review(now, ward)
    return True


def _month(now: datetime, ward: int) -> None:
    """Started before its first day; a department handed in its plan, the contest has results."""
    with acting(OFFICE, now) as office:
        then = at(now, -25, 9)
        made = campaigns.start_preset(
            by=office, now=then, preset_id=PRESET, year=timezone.localdate(now).year
        )
        for item in made.items.all():
            campaigns.place(item, by=office, now=then, department_id=ward, due_on=item.due_on)
        campaigns.launch(made, by=office, now=then)
    with acting(HEAD, now) as head:
        campaigns.hand_in(
            made, by=head, now=at(now, -20), kind="plan", title="心血管内科持续改进月实施方案", department_id=ward,
            text="每周一次病历互查，指定两名医师参加查体比赛。",
        )  # fmt: skip
        first = made.items.first()
        campaigns.move_item(first, by=head, now=at(now, -12), state="done", effect="应考 26 人，全部合格。")
    with acting(OFFICE, now) as office:
        campaigns.answer(made.materials.get(), by=office, now=at(now, -19), accept=True)
        contest = made.contests.first()
        for name, score, award in (("心血管内科", 94, "一等奖"), ("骨科", 91, "二等奖")):
            campaigns.record_result(contest, by=office, now=at(now, -4), name=name, score=score, award=award)
        campaigns.add_money(
            made, by=office, now=at(now, -4), title="奖品和印刷", planned_fen=600000, spent_fen=412500
        )


def _review(now: datetime, ward: int) -> None:
    """Three clauses rated by cardiology, one checked lower than it rated itself, with its gap in the common loop."""
    with acting(OFFICE, now) as office:
        due = timezone.localdate(now) + timedelta(days=60)
        year = timezone.localdate(now).year
        made = accreditation.begin(by=office, now=at(now, -15), standard_id=STANDARD, year=year, due_on=due)
        accreditation.give_to(made, by=office, now=at(now, -15), codes=list(OWN), department_id=ward)
    clauses = {one.code: one for one in made.clauses.filter(code__in=OWN)}
    with acting(HEAD, now) as head:
        accreditation.add_evidence(
            clauses["2.2.2.2"], by=head, now=at(now, -9), title="住院患者死亡率逐月数值", url="/indicators/library/inpatient_mortality/",
            dated_on=timezone.localdate(at(now, -9)), kind="indicator",
        )  # fmt: skip
        for code, (rating, reason) in OWN.items():
            accreditation.rate(clauses[code], by=head, now=at(now, -8), rating=rating, reason=reason)
    with acting(OFFICE, now) as office:
        accreditation.check(clauses["2.2.2.2"], by=office, now=at(now, -6), rating="B", reason="")
        accreditation.check(clauses["2.2.2.4"], by=office, now=at(now, -6), rating="D", reason="没有分析记录")
        accreditation.raise_gap(
            clauses["2.2.2.4"], by=office, now=at(now, -6), detail="手术患者死亡率没有季度分析记录。"
        )
