"""Every step with its state, what is there, what is wrong and where to go: the whole wizard at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.catalogue import definitions, presets_by_name
from zhikong.hospital.functions.indicators.models import IndicatorTarget
from zhikong.hospital.functions.indicators.queries.figures import frame
from zhikong.hospital.functions.plans.models import PlanDocument
from zhikong.hospital.overviews.reports.models import Brief
from zhikong.hospital.overviews.starting.models import StepMark
from zhikong.hospital.overviews.starting.queries import history, organising, readiness
from zhikong.hospital.overviews.starting.rules import steps as rules
from zhikong.hospital.overviews.starting.rules.steps import STEPS, Found, Mark, State, Step, Trouble


@dataclass(frozen=True)
class StepShown:
    """One step as people see it."""

    number: int
    step: Step
    state: State
    found: Found
    mark: Mark | None
    wanting: tuple[Step, ...]
    url: str
    template: str = ""

    @property
    def key(self) -> str:
        return self.step.key

    @property
    def title(self) -> str:
        return str(self.step.title)

    @property
    def word(self) -> str:
        return str(rules.STATE_WORDS[self.state])

    @property
    def tone(self) -> str:
        return rules.TONES[self.state]

    @property
    def lines(self) -> tuple[str, ...]:
        return self.found.lines

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        return self.found.troubles


def steps(*, now: datetime, month: str = "") -> list[StepShown]:
    """All steps in their order, as of today. month: the first month, '' for the newest with data."""
    today = timezone.localdate(now)
    found = _found(today=today, now=now, month=readiness.chosen_month(month, now=now))
    marks = _marks()
    states = {key: rules.state_of(found[key], marks.get(key)) for key in STEPS}
    return [
        StepShown(
            number, step, states[key], found[key], marks.get(key), tuple(rules.wanting(step, states)),
            *_places(key),
        )
        for number, (key, step) in enumerate(STEPS.items(), start=1)
    ]  # fmt: skip


def finished() -> bool:
    """The first brief stands: whoever works with it needs no wizard any more. One query."""
    return Brief.objects.exists()


def _marks() -> dict[str, Mark]:
    """The newest word on each step; open again is no word."""
    found: dict[str, Mark] = {}
    for row in StepMark.objects.select_related("marked_by").order_by("pk"):
        found[row.step] = Mark(row.kind, row.reason, str(row.marked_by or _("系统")), row.marked_at)
    return {key: mark for key, mark in found.items() if mark.kind != StepMark.Kind.OPEN}


def _found(*, today: date, now: datetime, month: str) -> dict[str, Found]:
    unknown = history.names(today=today)
    nobody = sum(not one.known for one in unknown)
    return {
        "departments": organising.of_departments(today=today, unknown=nobody),
        "staff": organising.of_staff(today=today),
        "roles": organising.of_roles(today=today, now=now),
        "committees": organising.of_committees(today=today),
        "targets": of_targets(month=month),
        "history": history.of_history(today=today, unknown=unknown),
        "plan": of_plans(today=today),
        "month": of_month(month),
    }


def of_targets(*, month: str) -> Found:
    """How many indicators have a target of the hospital's own, and from when."""
    rows = IndicatorTarget.objects.values_list("indicator_id", "valid_from")
    known = {name for name, _from in rows if name in definitions()}
    day = calendar.first_day(month)
    held = {name for name, since in rows if name in definitions() and since <= day}
    lines = (_("%(n)d 个指标有医院自己的目标值（共 %(all)d 个指标）") % {"n": len(known), "all": len(definitions())},)  # fmt: skip
    troubles = []
    if known and not held:
        words = _("目标值都从 %(month)s 之后才生效，首月还没有可以判断的目标。") % {"month": calendar.spoken(month)}  # fmt: skip
        troubles.append(Trouble(words, reverse("starting:targets")))
    elif len(held) < len(known):
        words = _("%(n)d 个目标值在首月之后才生效。") % {"n": len(known) - len(held)}
        troubles.append(Trouble(words, reverse("indicators:targets"), blocks=False))
    return Found(bool(known), lines, tuple(troubles))


def suitable_presets() -> list:
    """The sets of targets for a hospital of this level, the ones made for the level first."""
    level = institution().level
    found = [one for one in presets_by_name().values() if one.suits(level)]
    return sorted(found, key=lambda one: (not one.levels, one.name))


def of_plans(*, today: date) -> Found:
    """The plans of this year and the next, and how far their checking has got."""
    rows = list(PlanDocument.objects.filter(year__gte=today.year).exclude(state=PlanDocument.State.REPLACED))
    lines = tuple(f"{_named(one)}：{one.get_state_display()}" for one in rows[:4])
    troubles = [_of_plan(one) for one in rows if one.state != PlanDocument.State.ADOPTED]
    return Found(bool(rows), lines, tuple(troubles[:4]))


def _named(one: PlanDocument) -> str:
    """Its title, after its year when the title does not say it."""
    return one.title if str(one.year) in one.title else f"{one.year} {one.title}"


def _of_plan(one: PlanDocument) -> Trouble:
    url = reverse("plans:review", args=[one.pk])
    if one.state == PlanDocument.State.FAILED:
        return Trouble(f"{one.title}：{one.problem}", url)
    if one.state == PlanDocument.State.REVIEWED:
        return Trouble(_("%(title)s 已核对，等待采纳。") % {"title": one.title}, reverse("adopting:preview", args=[one.pk]))  # fmt: skip
    n = one.items.filter(state="open").count()
    return Trouble(_("%(title)s 还有 %(n)d 条待核对。") % {"title": one.title, "n": n}, url)


def of_month(month: str) -> Found:
    """What can be computed, what is, whether it is closed, whether its brief stands."""
    ready = readiness.of_month(month)
    computed, brief = readiness.computed(month), Brief.objects.filter(month=month).first()
    url = f"{reverse('starting:month')}?month={month}"
    words = _("%(month)s：%(all)d 个指标里现在能算 %(n)d 个") % {"month": calendar.spoken(month), "all": ready.total, "n": len(ready.ready)}  # fmt: skip
    lines = [words]
    troubles = []
    if computed is not None:
        lines.append(_("已算出 %(n)d 个") % {"n": computed})
    elif ready.ready:
        troubles.append(Trouble(_("还没有计算。"), url))
    else:
        troubles.append(Trouble(_("还没有可以计算的数据。"), url))
    if computed is not None and brief is None:
        troubles.append(Trouble(_("还没有起草首月简报。"), url))
    if computed is not None and month not in frame().closed:
        troubles.append(Trouble(_("还没有结账。"), reverse("indicators:month", args=[month]), blocks=False))
    return Found(brief is not None or computed is not None, tuple(lines), tuple(troubles))


def _places(key: str) -> tuple[str, str]:
    """(page of a step, its template to download)."""
    imports = reverse("organisation:imports")
    own = ("departments", "staff", "committees")
    templates = {kind: reverse("organisation:import_template", args=[kind]) for kind in own}
    pages = {
        "roles": reverse("organisation:import_roles"),
        "targets": reverse("starting:targets"),
        "history": reverse("starting:history"),
        "plan": reverse("plans:upload"),
        "month": reverse("starting:month"),
    }
    if key == "targets":
        return pages[key], reverse("starting:targets_template")
    if key == "history":
        return pages[key], reverse("datasources:template", args=["stays"])
    return pages.get(key, f"{imports}#{key}"), templates.get(key, "")
