"""Duties, recurring deadlines, quotas and single dates of a plan become duties of the hospital."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.duties.actions import adopt_duty, preview_duty, used_as, withdraw_duty
from zhikong.foundation.duties.descriptions import Description, PlanSource
from zhikong.foundation.organisation.queries import DepartmentOn, department_on
from zhikong.hospital.overviews.adopting.actions.adopters.bodies import kind_linked
from zhikong.hospital.overviews.adopting.actions.adopters.targets import AS_DUTY
from zhikong.hospital.overviews.adopting.models import AdoptedThing
from zhikong.hospital.overviews.adopting.rules import bodies as body_words
from zhikong.hospital.overviews.adopting.rules import duties as words
from zhikong.hospital.overviews.adopting.rules.steps import Kind, Made, Outcome, Step, Way
from zhikong.hospital.overviews.adopting.rules.wishes import Paper, Wish

KIND = Kind.DUTY
OUTCOMES = {
    "new": Outcome.NEW,
    "changed": Outcome.CHANGED,
    "same": Outcome.SAME,
    "impossible": Outcome.IMPOSSIBLE,
}
PERIODS = {
    "week": gettext_lazy("每周"),
    "month": gettext_lazy("每月"),
    "quarter": gettext_lazy("每季度"),
    "half_year": gettext_lazy("每半年"),
    "year": gettext_lazy("每年"),
}
CHOSEN = "per:"
BY_EVENT = ("day", "event")


@dataclass(frozen=True)
class Wanted:
    description: Description
    source: PlanSource


def takes(wish: Wish, paper: Paper) -> bool:
    """Duties, what recurs by a date, single dates; quotas without an indicator; targets chosen to be reported."""
    recurs = wish.often[1] not in ("", *BY_EVENT) or paper.choices.get(wish.item, "").startswith(CHOSEN)
    if wish.kind == "duty":
        return True
    if wish.kind == "deadline":
        return recurs or bool(wish.word("ends_on")) or bool(wish.word("starts_on"))
    if wish.kind == "target":
        return paper.choices.get(wish.item) == AS_DUTY
    if wish.kind == "quota":
        return wish.value is not None and not about_reports(wish)
    return wish.kind == "date_range"


def about_reports(wish: Wish) -> bool:
    """Quotas of event reports are planned by the leaders in a place of their own."""
    return "不良" in wish.sentence and ("报告" in wish.text + wish.subject or "报告" in wish.sentence)


def plan(wishes: Sequence[Wish], paper: Paper) -> list[Step]:
    """One step for each duty; sentences that mean the same duty are one step, contradicting ones are asked about."""
    steps: dict[str, Step] = {}
    dated, rest = _dates_of_duties(wishes)
    for wish, other in _ranges(sorted(rest, key=lambda one: (one.start, one.item))):
        step = _step(wish, other or dated.get(wish.item), paper)
        known = steps.get(step.key)
        if known is None:
            steps[step.key] = step
        elif _alike(known, step):
            steps[step.key] = _merged(known, step)
        else:
            steps[f"{step.key}#{wish.item}"] = _contradicting(step, known, paper)
    return list(steps.values())


def committees(steps: Sequence[Step]) -> dict[str, Wish]:
    """Kind of committee → the first sentence whose duty needs it."""
    found: dict[str, Wish] = {}
    for step in steps:
        if step.kind is KIND and step.data is not None and (kind := step.data.description.committee):
            found.setdefault(kind, step.wishes[0])
    return found


def _dates_of_duties(wishes: Sequence[Wish]) -> tuple[dict[int, Wish], list[Wish]]:
    """年初开展一次培训: the date belongs to the yearly duty of the same sentence."""
    yearly = [one for one in wishes if one.kind == "duty" and one.often[1] == "year"]
    dated: dict[int, Wish] = {}
    rest = []
    for wish in wishes:
        of = next((o for o in yearly if wish.kind == "date_range" and _same_sentence(o, wish)), None)
        if of is None:
            rest.append(wish)
        else:
            dated[of.item] = wish
    return dated, rest


def _same_sentence(one: Wish, other: Wish) -> bool:
    return one.sentence == other.sentence and abs(one.start - other.start) <= 60


def _ranges(wishes: Sequence[Wish]) -> list[tuple[Wish, Wish | None]]:
    """6～7 项 is two items on one span: one quota with both bounds."""
    found: list[tuple[Wish, Wish | None]] = []
    for wish in wishes:
        last = found[-1][0] if found else None
        if last is not None and wish.kind == "quota" and (last.start, last.end) == (wish.start, wish.end):
            found[-1] = (replace(last, fields={**last.fields, "upto": wish.value}), wish)
        else:
            found.append((wish, None))
    return found


def _alike(known: Step, step: Step) -> bool:
    if known.data is None or step.data is None:
        return known.data is None and step.data is None
    asked = [
        (s.data.description.count, s.data.description.per, s.data.description.within) for s in (known, step)
    ]
    return asked[0] == asked[1] or (step.data.description.count == 1 and asked[0][1:] == asked[1][1:])


def _merged(known: Step, step: Step) -> Step:
    return replace(known, wishes=(*known.wishes, *step.wishes))


def _contradicting(step: Step, known: Step, paper: Paper) -> Step:
    why = _("与另一句“%(other)s”指向同一职责，但要求的次数或期限不同；请在核对页合并或更正其中一条。")
    return replace(
        step, outcome=Outcome.IMPOSSIBLE, why=why % {"other": known.wishes[0].text[:40]}, data=None,
        ways=(Way(_("回到核对页更正"), url=paper.url),), key=f"{step.key}#{step.wishes[0].item}",
    )  # fmt: skip


def _step(wish: Wish, dated: Wish | None, paper: Paper) -> Step:
    title = words.name_of(wish)
    if told := _not_recurring(wish, paper):
        return Step(KIND, *told[:1], (wish,), title, told[1], key=f"text:{title}", ways=told[2])
    wanted = Wanted(described(wish, dated, paper), source(wish, paper))
    found = preview_duty(description=wanted.description, source=wanted.source, on=paper.today)
    outcome = OUTCOMES[found.outcome]
    ways = (Way(_("回到核对页更正"), url=paper.url),) if outcome is Outcome.IMPOSSIBLE else ()
    return Step(
        KIND, outcome, (wish,) if dated is None else (wish, dated), found.title or title, found.why,
        key=found.duty_id or f"text:{title}", becomes="；".join(found.changes)[:200], url=found.url, ways=ways,
        data=wanted if outcome is not Outcome.IMPOSSIBLE else None,
    )  # fmt: skip


def _not_recurring(wish: Wish, paper: Paper) -> tuple[Outcome, str, tuple[Way, ...]] | None:
    """Why an item is no recurring duty; None when it is one."""
    if wish.says("negated"):
        return Outcome.NOTE, _("这是禁止性要求，没有周期；留在计划里备查。"), ()
    if wish.says("conditional"):
        return Outcome.NOTE, _("有条件的职责，情况出现时才做，不按周期布置。"), ()
    if wish.kind in ("target", "quota") or _chosen(wish, paper) or wish.often[1] not in ("", *BY_EVENT):
        return None
    if wish.often[1] in BY_EVENT:
        return Outcome.NOTE, _("每天或每次发生时都要做的事由日常记录体现，不按周期布置。"), ()
    if any(wish.days(paper.year)):
        return None
    ways = tuple(Way(word, f"{CHOSEN}{per}") for per, word in PERIODS.items())
    return Outcome.IMPOSSIBLE, _("没有写明多久一次（如“定期”“不定期”）。请选一个周期，或回到核对页更正。"), (
        *ways, Way(_("回到核对页更正"), url=paper.url),
    )  # fmt: skip


def _chosen(wish: Wish, paper: Paper) -> str:
    choice = paper.choices.get(wish.item, "")
    return choice.removeprefix(CHOSEN) if choice.startswith(CHOSEN) else ""


def described(wish: Wish, dated: Wish | None, paper: Paper) -> Description:
    """The item as foundation/duties takes it."""
    count, per = _often(wish, paper)
    where = _where(wish, paper)
    return Description(
        title=_title(wish), count=count, per=per, within=_within(wish, per), following=bool(words.NEXT.search(wish.text)),
        due_on=_due(dated if dated and dated.kind == "date_range" else wish, per, paper), evidence=words.evidence_of(wish), says=" ".join(wish.sentence.split())[:160],
        **where,
    )  # fmt: skip


def _title(wish: Wish) -> str:
    name = words.name_of(wish)
    if wish.kind == "target":
        return f"报告：{name}（目标 {words.bound_text(wish)}）"[:120]
    if wish.kind == "quota":
        return f"完成指标：{name} {words.bound_text(wish)}"[:120]
    return name


def _often(wish: Wish, paper: Paper) -> tuple[int, str]:
    """A target is reported each quarter; a quota, and what is done by one date, once a year."""
    if chosen := _chosen(wish, paper):
        return 1, chosen
    if wish.kind == "target":
        return 1, "quarter"
    count, per = wish.often
    if wish.kind == "quota" or not per:
        return 1, per if per in PERIODS else "year"
    return max(count or 1, 1), per


def _within(wish: Wish, per: str) -> tuple[int, str] | None:
    if wish.within is None or not per:
        return None
    value, unit = wish.within
    return (int(value), unit) if unit in ("day", "workday") and value >= 1 else None


def _due(wish: Wish, per: str, paper: Paper) -> date | None:
    start, end = wish.days(paper.year)
    return (end or start) if per == "year" else None


def _where(wish: Wish, paper: Paper) -> dict:
    """body, role, departments or committee: as assigned in the review, else by the words."""
    role = {"role": wish.post} if wish.post in ROLES else {}
    if place := wish.department or paper.department:
        found = department_on(department_id=place, on=paper.today)
        if found is not None:
            return _one_department(found, role)
    said = f"{wish.word('department')}{wish.subject}{wish.text}"
    committee = kind_linked(wish) or _committee(wish, said)
    if committee and committee != "qc_group":
        return {"body": "committee", "committee": committee, **role}
    if words.is_of_departments(wish):
        return {"body": "department", **role}
    office = words.office_of(f"{wish.word('department')} {wish.text}")
    return {"body": "hospital", **({"role": office} if office else {}), **role}


def _one_department(found: DepartmentOn, role: dict) -> dict:
    return {"body": "department", "department_kinds": (found.kind,), "codes": (found.code,), **role}


def _committee(wish: Wish, said: str) -> str:
    """The committee that meets; a meeting of 委员会 without a name is the quality committee's, or the paragraph's."""
    if "委员会" not in said or not any(word in said for word in ("会议", "召开", "例会")):
        return ""
    named = body_words.meeting_of(f"{wish.subject}") or body_words.meeting_of(wish.text)
    return named or body_words.meeting_of(wish.sentence) or "quality_committee"


def source(wish: Wish, paper: Paper) -> PlanSource:
    clause = " ".join(wish.sentence.split())[:200]
    return PlanSource(paper.title[:120], clause, f"plan_item:{wish.item}", paper.url)


def write(step: Step, *, by, now: datetime, paper: Paper) -> Made:
    wanted: Wanted = step.data
    made = adopt_duty(by=by, now=now, description=wanted.description, source=wanted.source)
    return Made(made.duty_id, made.title, made.url, {"version": made.version_id})


def used(thing: AdoptedThing) -> list[str]:
    version = thing.data.get("version")
    return used_as(version_id=version) if version else []


def undo(thing: AdoptedThing, *, by, now: datetime, reason: str) -> None:
    if version := thing.data.get("version"):
        withdraw_duty(by=by, now=now, version_id=version, reason=reason)
