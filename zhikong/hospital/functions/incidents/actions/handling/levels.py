"""Confirm the level (a grave one with a second person), say whether it is a dispute, judge the risk (SAC)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.actions.handling import answering, steps
from zhikong.hospital.functions.incidents.models.handling import Handling, HandlingStep
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.handling import packs, scope
from zhikong.hospital.functions.incidents.queries.reporting import categories
from zhikong.hospital.functions.incidents.rules_handling_states import needs_second

Act = HandlingStep.Act
SECOND = "second"
PROPOSAL = ["proposed_level", "proposed_harm", "proposed_at", "proposed_by"]


@transaction.atomic
def set_level(
    incident: Incident, *, by, now: datetime, level: str, harm: str = "", reason: str = ""
) -> Incident:
    """A light level stands at once; a grave one, and the lowering of one, waits for another person."""
    incident = steps.for_office(incident, by=by, act="level")
    known = packs.levels()
    if known.level(level) is None:
        raise ValidationError("请选择级别。")
    if harm and known.harm(harm) is None:
        raise ValidationError("请选择伤害程度。")
    if needs_second(known, level, incident.level):
        return _propose(incident, by=by, now=now, level=level, harm=harm, reason=reason)
    _stand(incident, by=by, now=now, level=level, harm=harm, text=reason)
    return incident


def _propose(incident: Incident, *, by, now: datetime, level: str, harm: str, reason: str) -> Incident:
    handling = incident.handling
    handling.proposed_level, handling.proposed_harm = level, harm
    handling.proposed_at, handling.proposed_by = now, by
    handling.save(update_fields=PROPOSAL)
    steps.record(incident, Act.PROPOSE_LEVEL, by=by, now=now, text=_words(level, harm, reason))
    neutral.complete_tasks(by=by, now=now, key=steps.key_of(incident, "level"))
    others = [
        one
        for role in {*scope.EVERYTHING, handling.office}
        for one in steps.holders(role, now)
        if by is None or one.pk != by.pk
    ]
    key = steps.key_of(incident, SECOND)
    neutral.cancel_tasks(by=by, now=now, key=key)
    steps.give(incident, others, by=by, now=now, key=key, due=now + timedelta(hours=8))
    return incident


@transaction.atomic
def agree(incident: Incident, *, by, now: datetime) -> Incident:
    """The second person agrees: now the level stands. Nobody agrees with himself."""
    incident = steps.for_office(incident, by=by, act="level")
    handling = incident.handling
    _check_second(handling, by)
    level, harm = handling.proposed_level, handling.proposed_harm
    first = handling.proposed_by
    _stand(incident, by=by, now=now, level=level, harm=harm, text=f"{first} 提出，复核同意")
    return incident


@transaction.atomic
def refuse(incident: Incident, *, by, now: datetime, reason: str) -> Incident:
    """The second person does not agree; the first decides anew."""
    incident = steps.for_office(incident, by=by, act="level")
    handling = incident.handling
    _check_second(handling, by)
    reason = steps.said(reason, "请写明为什么不同意。")
    first = handling.proposed_by
    _clear(handling)
    handling.save(update_fields=PROPOSAL)
    steps.record(incident, Act.REFUSE_LEVEL, by=by, now=now, text=reason)
    neutral.complete_tasks(by=by, now=now, key=steps.key_of(incident, SECOND))
    key = steps.key_of(incident, "level")
    steps.give(incident, [first], by=by, now=now, key=key, due=now + timedelta(hours=8))
    return incident


def _check_second(handling: Handling, by) -> None:
    if not handling.proposed_level:
        raise ValidationError("没有等待复核的级别。")
    if by is None or by.pk == handling.proposed_by_id:
        raise PermissionDenied("级别要由另一个人复核：您自己提出的，请同事来确认。")


def _clear(handling: Handling) -> None:
    handling.proposed_level = handling.proposed_harm = ""
    handling.proposed_at = handling.proposed_by = None


def _stand(incident: Incident, *, by, now: datetime, level: str, harm: str, text: str) -> None:
    handling, first_time = incident.handling, incident.handling.level_at is None
    _clear(handling)
    handling.level_at, handling.level_by = (now if first_time else handling.level_at), by
    handling.save(update_fields=[*PROPOSAL, "level_at", "level_by"])
    incident.level, incident.harm = level, harm or incident.harm
    incident.save(update_fields=["level", "harm"])
    steps.record(incident, Act.LEVEL, by=by, now=now, text=_words(level, harm, text))
    for part in ("level", SECOND):
        neutral.complete_tasks(by=by, now=now, key=steps.key_of(incident, part))
    if first_time:
        answering.step(incident, now=now, text="已确认级别，进入调查。")


def _words(level: str, harm: str, reason: str) -> str:
    known = packs.levels()
    parts = [known.level(level).title, known.harm(harm).title if harm else "", (reason or "").strip()]
    return "；".join(part for part in parts if part)


@transaction.atomic
def set_dispute(incident: Incident, *, by, now: datetime, dispute: str, known_at: datetime) -> Incident:
    """Say that it is a 医疗事故争议 of a class, or none, and when the hospital knew: the statutory clock counts from it."""
    incident = steps.for_office(incident, by=by, act="dispute")
    if dispute and dispute not in Handling.Dispute.values:
        raise ValidationError("请选择争议的级别。")
    if known_at > now:
        raise ValidationError("知道的时间不能晚于现在。")
    handling = incident.handling
    handling.dispute, handling.known_at = dispute, known_at
    handling.save(update_fields=["dispute", "known_at"])
    label = Handling.Dispute(dispute).label if dispute else "不是医疗事故争议"
    steps.record(incident, Act.DISPUTE, by=by, now=now, text=str(label))
    return incident


@transaction.atomic
def assess(incident: Incident, *, by, now: datetime, severity: str, frequency: str) -> Incident:
    """SAC: how bad × how often gives the score and whether a root cause analysis is demanded."""
    incident = steps.for_office(incident, by=by, act="sac")
    matrix = packs.matrix()
    score = matrix.score(severity, frequency)
    if score is None:
        raise ValidationError("请选择后果和频率。")
    handling = incident.handling
    handling.sac_matrix, handling.sac_severity, handling.sac_frequency = matrix.id, severity, frequency
    handling.sac_score, handling.sac_action = score.score, score.action
    handling.save(update_fields=["sac_matrix", "sac_severity", "sac_frequency", "sac_score", "sac_action"])
    steps.record(incident, Act.SAC, by=by, now=now, text=score.title)
    return incident


@transaction.atomic
def classify(incident: Incident, *, by, now: datetime, category: str) -> Incident:
    """Say which category it is: clocks and emergency plan follow it; the office stays until it is handed over."""
    incident = steps.for_office(incident, by=by, act="category")
    found = categories.category(category)
    if found is None:
        raise ValidationError("请选择类别。")
    incident.category = found.id
    incident.save(update_fields=["category"])
    incident.handling.plan = found.emergency_plan
    incident.handling.save(update_fields=["plan"])
    steps.record(incident, Act.CATEGORY, by=by, now=now, text=found.title)
    return incident
