"""A department's own analysis on one page: five whys, the factor, who has understood, one measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from zhikong.hospital.functions.incidents.actions.analysis import finishing, measuring, people, working
from zhikong.hospital.functions.incidents.actions.analysis.opening import open_analysis
from zhikong.hospital.functions.incidents.models.analysis import Analysis
from zhikong.hospital.functions.incidents.models.analysis_work import CauseNode
from zhikong.hospital.functions.incidents.models.reporting import Incident


@dataclass(frozen=True)
class Light:
    """What is entered on the page. whys: from the event down; the last is the root cause, evidence shows it.

    persons: (group, what the person says in own words). measure: values as measuring.add_measure takes them, or None
    and no_measure says why.
    """

    title: str
    summary: str
    whys: Sequence[str]
    factor: str
    evidence: str
    conclusion: str
    persons: Sequence[tuple[str, str]] = ()
    nobody_reason: str = ""
    measure: dict[str, Any] | None = None
    no_measure: str = ""
    lesson: str = field(default="")


@transaction.atomic
def analyse(*, by, now: datetime, incident: Incident, told: Light) -> Analysis:
    """Everything at once: open, fill, conclude, finish. What is missing is told and nothing is kept."""
    whys = [why.strip() for why in told.whys if why.strip()]
    if not whys:
        raise ValidationError("请至少写出一个“为什么”。")
    made = open_analysis(by=by, now=now, incidents=[incident], kind=Analysis.Kind.LIGHT, title=told.title)
    working.write(
        made, by=by, now=now,
        values={
            "summary": told.summary, "nobody_reason": told.nobody_reason, "weak_reason": told.no_measure,
            "lesson_text": told.lesson,
        },
    )  # fmt: skip
    root = _chain(made, by, now, whys, told)
    for group, words in told.persons:
        person = people.add_person(made, by=by, now=now, group=group)
        people.speak(person, by=by, now=now, aware="reached", words=words)
    if told.measure is not None:
        measuring.add_measure(made, by=by, now=now, values=told.measure, node=root)
    finishing.conclude(made, by=by, now=now, clear=True, text=told.conclusion)
    return finishing.finish(made, by=by, now=now)


def _chain(made: Analysis, by, now: datetime, whys: Sequence[str], told: Light) -> CauseNode:
    node = None
    for index, why in enumerate(whys):
        last = index == len(whys) - 1
        values = {"text": why, "status": CauseNode.Status.SUSPECTED}
        if last:
            values = {
                "text": why, "status": CauseNode.Status.CONFIRMED, "root": True, "factor": told.factor,
                "evidence": told.evidence,
            }  # fmt: skip
        node = working.put_cause(made, by=by, now=now, values=values, parent=node)
    assert node is not None
    return node
