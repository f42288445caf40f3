"""What a roll-over carries: a line for every target with its proposal, for duties, committees, themes and campaigns."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from zhikong.engine.definitions import Definition
from zhikong.foundation.duties import queries as duties
from zhikong.foundation.organisation.models import Body
from zhikong.foundation.organisation.queries import departments, in_force, names
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.queries.figures import Place
from zhikong.hospital.functions.indicators.queries.targets import InForce
from zhikong.hospital.functions.indicators.rules import Target
from zhikong.hospital.functions.record_reviews.queries.sampling import themes
from zhikong.hospital.overviews.years import rules_proposing as proposing
from zhikong.hospital.overviews.years.models import RollOverLine
from zhikong.hospital.overviews.years.queries import campaigns, results
from zhikong.hospital.overviews.years.queries.as_of import Then

Kind = RollOverLine.Kind
EVERY = {"week": "每周", "month": "每月", "quarter": "每季度", "half_year": "每半年", "year": "每年"}


def lines(seen: Then, months: Sequence[str], *, on: date) -> list[RollOverLine]:
    """All lines, unsaved and numbered, targets first."""
    found = [
        *targets(seen, months, on=on),
        *_duties(on),
        *_bodies(on),
        *_themes(),
        *campaigns.lines(months=months),
    ]
    for number, line in enumerate(found, 1):
        line.number = number
    return found


def targets(seen: Then, months: Sequence[str], *, on: date) -> Iterator[RollOverLine]:
    """The hospital's judged indicators, and departments' where they have a target of their own."""
    places = [d.id for d in departments(on=on, kinds=("clinical", "medtech"))]
    known = names(on=on)
    judged = seen.book.judged(seen.definitions.values(), months[-1])
    found = results.read(seen, months, indicators=[d.id for d in judged], places=[None, *places])
    for definition in judged:
        outcomes = {place: results.outcome(definition, place, months, found) for place in (None, *places)}
        peers = [
            one.number for place, one in outcomes.items() if place and one.number is not None and one.enough
        ]
        for place in (None, *places):
            in_force = seen.book.of(definition, place, months[-1])
            if place is not None and in_force.origin != "department":
                continue
            if in_force.origin in ("none", "not_counted"):
                continue
            name = _("全院") if place is None else known.get(place, "")
            yield _target(definition, place, name, in_force, outcomes[place], peers)


def _target(
    definition: Definition,
    place: Place,
    name: str,
    in_force: InForce,
    one: results.Outcome,
    peers: list[Decimal],
) -> RollOverLine:
    made = proposing.propose(
        proposing.Known(
            target=in_force.target, direction=str(definition.direction), unit=definition.unit, value=one.number,
            months=one.known, reason=one.reason, enough=one.enough,
            quarters=[Decimal(value) for _name, value in one.quarters], peers=peers,
        )
    )  # fmt: skip
    return RollOverLine(
        kind=Kind.TARGET, key=definition.id, department_id=place, place_name=name, title=definition.title(),
        unit=definition.unit, now=bounds(in_force.target) | {"origin": in_force.origin, "hospital_only": bool(in_force.row and in_force.row.hospital_only)},
        result=one.as_data(), rule=made.rule, can_propose=made.target is not None,
        proposed=bounds(made.target) if made.target else {}, why=made.why[:400],
    )  # fmt: skip


def bounds(target: Target) -> dict:
    """A target as JSON: decimals as strings."""
    return {
        side: None if value is None else f"{value.normalize():f}"
        for side, value in (("low", target.low), ("high", target.high))
    }


def target_in(said: dict) -> Target:
    """The target that `bounds` wrote."""
    return Target(*(None if said.get(side) is None else Decimal(said[side]) for side in ("low", "high")))


def _duties(on: date) -> Iterator[RollOverLine]:
    for found in duties.duties(on=on):
        duty = found.obj
        if getattr(duty, "preset", False):
            continue  # only offered
        every = EVERY.get(str(getattr(duty, "every", "")), str(getattr(duty, "every", "")))
        yield _carried(
            Kind.DUTY,
            found.id,
            str(duty.title),
            {"every": every},
            _("现行职责，周期%(every)s：沿用。") % {"every": every},
        )


def _bodies(on: date) -> Iterator[RollOverLine]:
    rows = Body.objects.filter(in_force(on)).exclude(kind=Body.Kind.QC_GROUP).order_by("pk")
    for body in rows:
        why = _("现有委员会，每 %(n)d 个月开一次会：沿用。") % {"n": body.cycle_months}
        yield _carried(Kind.BODY, str(body.pk), body.name, {"cycle_months": body.cycle_months}, why)


def _themes() -> Iterator[RollOverLine]:
    for theme in themes.all_themes():
        why = _("%(month)d 月的检查主题：沿用。") % {"month": theme.month}
        yield _carried(Kind.THEME, f"{theme.month:02d}", str(theme.title), {"month": theme.month}, why)


def _carried(kind: str, key: str, title: str, now: dict, why: str) -> RollOverLine:
    return RollOverLine(
        kind=kind, key=key[:80], title=title[:160], now=now, rule=proposing.KEEP, proposed=now, why=why[:400]
    )


def year_months(year: int, moment: date) -> list[str]:
    """The months of the year before `year` that have ended at `moment`."""
    return results.months_of_year(year - 1, calendar.month_of(moment))
