"""What of an analysis keeps it, or its incidents, from being closed: the two 不放过 of the seed and those of RCA2."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents import rules_analysis as rules
from zhikong.hospital.functions.incidents.models.analysis import Analysis, CasePerson, TeamMember
from zhikong.hospital.functions.incidents.models.analysis_work import CausalStatement, CauseNode, Measure
from zhikong.hospital.functions.incidents.models.handling_work import IncidentMeasure
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.analysis.packs import policy
from zhikong.hospital.functions.incidents.queries.analysis.reading import analysis_of
from zhikong.hospital.functions.incidents.rules_analysis import Obstacle
from zhikong.hospital.functions.incidents.rules_analysis_causation import Statement, broken


def demanded(level: str) -> str:
    """rca or light: which analysis an incident of a level needs."""
    return policy().demand(level).kind


def case_of(one: Analysis) -> rules.Case:
    """The analysis as its guards look at it, whatever the reader's reach."""
    with neutral.nobody():
        team = list(TeamMember.objects.filter(analysis_id=one.pk).exclude(role=TeamMember.Role.SPONSOR))
        return rules.Case(
            "rca" if one.kind == Analysis.Kind.RCA else "light", tuple(nodes(one)), _standing(one), one.cause_clear,
            one.cause_text, _persons(one), one.nobody_reason, _actions(one), one.weak_reason, len(team),
            sum(row.outside for row in team), one.team_reason, one.is_done,
        )  # fmt: skip


def nodes(one: Analysis) -> list[rules.Node]:
    """The tree of causes, in the order of writing."""
    return [
        rules.Node(row.pk, row.parent_id, row.text, row.status, row.root, row.evidence, row.factor)
        for row in CauseNode.objects.filter(analysis_id=one.pk)
    ]


def statement_of(row: CausalStatement) -> Statement:
    return Statement(row.cause, row.effect, row.event, row.precedent, row.duty)


def _standing(one: Analysis) -> int:
    """How many causal statements keep the five rules."""
    rows = CausalStatement.objects.filter(analysis_id=one.pk)
    return sum(not broken(statement_of(row)) for row in rows)


def _persons(one: Analysis) -> tuple[rules.Person, ...]:
    rows = CasePerson.objects.filter(analysis_id=one.pk).order_by("pk")
    return tuple(rules.Person(row.label, row.is_staff, row.aware) for row in rows)


def _actions(one: Analysis) -> tuple[rules.Action, ...]:
    """Measures of the analysis, and those that handling gave the same incidents before."""
    own = Measure.objects.filter(analysis_id=one.pk, dropped_at=None)
    found = [rules.Action(row.text, row.strength, row.indicator_id or row.sample, row.judged) for row in own]
    others = IncidentMeasure.objects.filter(incident__analysed__analysis_id=one.pk).exclude(state="dropped")
    effective = IncidentMeasure.State.EFFECTIVE
    found += [
        rules.Action(row.text, row.strength, "核查", "reached" if row.state == effective else "")
        for row in others.distinct()
    ]
    return tuple(found)


def finishing_obstacles(one: Analysis) -> list[Obstacle]:
    """What keeps an analysis from being finished: everything but the effect, which comes later."""
    case, limits = case_of(one), policy()
    return [
        *rules.cause_obstacles(case), *rules.awareness_obstacles(case), *rules.strength_obstacles(case),
        *rules.aim_obstacles(case),
        *rules.team_obstacles(
            case, least=limits.team_least, most=limits.team_most, outsiders=limits.outsiders_least
        ),
    ]  # fmt: skip


def closing_obstacles(incident: Incident, now: datetime) -> list[Obstacle]:
    """What keeps an incident from being closed; [] when nothing of its analysis does. url: where to go on.

    000-P3 L118: 事件发生原因不清楚不放过，当事人认识不到位不放过; and measures without strength or effect (RCA2, EVT-13).
    """
    one = analysis_of(incident)
    kind = demanded(incident.level)
    if one is None and kind == "light" and _answered_by_department(incident):
        return []
    if one is None:
        word = "根本原因分析" if kind == "rca" else "科室分析"
        url = reverse("incidents:analysis_new", args=[incident.code])
        return [
            Obstacle(rules.CAUSE, f"原因不清楚不放过：这一级别的事件要先完成{word}。", url),
            Obstacle(rules.AWARENESS, "当事人认识不到位不放过：还没有登记当事人的认识。", url),
        ]
    case, url = case_of(one), reverse("incidents:analysis", args=[one.code])
    found = [
        *rules.cause_obstacles(case), *rules.awareness_obstacles(case), *rules.strength_obstacles(case),
        *rules.effect_obstacles(case), *_unfinished(one, kind),
    ]  # fmt: skip
    return [Obstacle(each.code, each.sentence, url) for each in found]


def _answered_by_department(incident: Incident) -> bool:
    """A hazard needs no analysis of its own; for a light event the department's answer to handling is one."""
    handling = getattr(incident, "handling", None)
    return incident.level == "IV" or (handling is not None and handling.analysed_at is not None)


def _unfinished(one: Analysis, kind: str) -> list[Obstacle]:
    if kind == "rca" and one.kind != Analysis.Kind.RCA:
        return [Obstacle(rules.CAUSE, "原因不清楚不放过：这一级别的事件要做根本原因分析，科室分析不够。")]
    if not one.is_done:
        return [Obstacle(rules.CAUSE, "原因不清楚不放过：分析还没有完成。")]
    if one.kind == Analysis.Kind.RCA and one.state != Analysis.State.APPROVED:
        return [Obstacle(rules.CAUSE, "根本原因分析还没有批准。")]
    return []


def closing_sentences(incident: Incident, *, now: datetime) -> list[str]:
    """The same as sentences, as handling's guards ask for them."""
    return [one.sentence for one in closing_obstacles(incident, now)]
