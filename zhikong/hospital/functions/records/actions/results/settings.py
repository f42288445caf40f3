"""What the hospital sets of its own accord: a rule's limit, points and effect, and which set of rules it follows."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.engine.definitions.problems import ExpressionError
from zhikong.engine.record_rules.clock.limits import limit
from zhikong.engine.record_rules.verdicts import Override
from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope, forget
from zhikong.foundation.facts import gateway
from zhikong.hospital.functions.records.actions.results.screening import judged
from zhikong.hospital.functions.records.facets import Tally
from zhikong.hospital.functions.records.models import PresetChoice, RuleSetting
from zhikong.hospital.functions.records.queries.results import in_force


@transaction.atomic
def set_rule(
    *,
    by,
    now: datetime,
    rule: str,
    valid_from: date,
    reason: str,
    active: bool | None = None,
    limit_text: str = "",
    severity: str = "",
    points: Decimal | None = None,
    interrupts: bool | None = None,
    hard_stop: bool | None = None,
) -> RuleSetting:
    """Set a rule otherwise than it is published, from a day on; empty fields give the rule's own word back.

    Raises ValidationError without a reason, for an unknown rule, a limit that cannot be read, or a past day.
    """
    require(by, Permission.MANAGE_RECORD_RULES, whole_hospital=True)
    known = in_force.all_rules(on=valid_from).get(rule)
    if known is None:
        raise ValidationError(_("没有这条规则，或它在这一天还没有发布。"))
    _check(valid_from, reason, now)
    if limit_text:
        check_limit(known, limit_text)
    row = RuleSetting.objects.create(
        institution_id=current_scope().institution_id, rule=rule, version=known.version, valid_from=valid_from,
        active=active, limit=limit_text.strip(), severity=severity, points=points, interrupts=interrupts,
        hard_stop=hard_stop, reason=reason.strip(), set_at=now, set_by=by,
    )  # fmt: skip
    forget()
    return row


@transaction.atomic
def choose_preset(*, by, now: datetime, preset: str, valid_from: date, reason: str) -> PresetChoice:
    """Follow another set of rules from a day on. Raises ValidationError for an unknown set or without a reason."""
    require(by, Permission.MANAGE_RECORD_RULES, whole_hospital=True)
    if preset not in PresetChoice.Preset.values:
        raise ValidationError(_("没有这组规则。"))
    _check(valid_from, reason, now)
    row = PresetChoice.objects.create(
        institution_id=current_scope().institution_id, preset=preset, valid_from=valid_from, reason=reason.strip(),
        set_at=now, set_by=by,
    )  # fmt: skip
    forget()
    return row


def _check(valid_from: date, reason: str, now: datetime) -> None:
    if len(reason.strip()) < 2:
        raise ValidationError(_("请写明理由，它会永久留在记录里。"))
    if valid_from < timezone.localdate(now):
        raise ValidationError(_("生效日不能早于今天：过去的判断不能改写。"))


def check_limit(rule: Any, text: str) -> None:
    """Raises ValidationError for a limit that the rule cannot take; the sentence says how limits are written."""
    if not hasattr(rule, "limit"):
        raise ValidationError(_("这条规则没有时限，不能设置。"))
    try:
        limit(text.strip())
    except ExpressionError as error:
        raise ValidationError(f"{error.message}{error.remedy}") from error


def effect_of(rule: Any, wanted: Override, *, month: str, now: datetime, by) -> tuple[Tally, Tally]:
    """The rule's counts in a month as it judges now, and as it would judge with the setting. Writes nothing."""
    require(by, Permission.MANAGE_RECORD_RULES, whole_hospital=True)
    snapshot = gateway.published()
    current = in_force.overrides(on=timezone.localdate(now)).get(rule.id)
    seen = []
    for one in (current, wanted):
        settings = {rule.id: one} if one is not None else {}
        found = judged(snapshot, [rule], settings, month=month, now=now, undelivered=frozenset(), by=by)
        seen.append(
            Tally(
                *(found.count(word) for word in ("pass", "fail", "not_applicable", "not_assessable", "error"))
            )
        )
    return seen[0], seen[1]
