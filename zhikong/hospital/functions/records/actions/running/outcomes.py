"""Count what people made of a rule's verdict; told twice it counts once."""

from __future__ import annotations

from datetime import datetime

from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.records.models import RuleOutcome
from zhikong.hospital.functions.records.rules_running import key_of


def count(row, outcome: str, *, source: str, now: datetime) -> None:
    """An obligation or a defect of a rule was upheld, refuted or exempted. What a person found counts for no rule."""
    if row.rule:
        name = key_of(source, type(row).__name__, row.pk)
        count_verdict(row.rule, row.version, row.stay_id, outcome, source=source, name=name, now=now)


def count_verdict(
    rule: str, version: int, stay_id: str, outcome: str, *, source: str, name: str, now: datetime
) -> None:
    """The same, of any verdict. name: what makes this judgement the same when it is told again."""
    RuleOutcome.objects.get_or_create(
        institution_id=current_scope().institution_id,
        key=name,
        defaults={
            "rule": rule,
            "version": version,
            "stay_id": stay_id,
            "outcome": outcome,
            "source": source,
            "at": now,
        },
    )
