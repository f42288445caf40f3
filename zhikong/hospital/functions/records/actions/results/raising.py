"""A defect becomes a finding: from one record, or of a rule's failures in a department and month."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.facts.sealing import require_unsealed
from zhikong.foundation.findings.actions import raise_finding
from zhikong.foundation.findings.models import Finding
from zhikong.hospital.functions.records.models import RecordVerdict
from zhikong.hospital.functions.records.queries.results.in_force import all_rules

SOURCE = "records"
MOST_CASES = 500


def key_of(rule: str, month: str) -> str:
    """The source key of a finding made of a rule's failures in a month."""
    return f"{rule}@{month}"


def key_of_record(rule: str, stay_id: str) -> str:
    """The source key of a finding made of one record."""
    return f"{rule}@stay@{stay_id}"


@transaction.atomic
def raise_from_rule(*, by, now: datetime, rule: str, month: str, department) -> Finding:
    """One finding for a department from all records that failed a rule in a month, with them as evidence.

    Raises ValidationError when there are none, or when the finding was made before; PermissionDenied without right.
    """
    known = _known(rule, now)
    rows = RecordVerdict.objects.filter(
        rule=rule, month=month, department_id=department.id, verdict=RecordVerdict.Verdict.FAIL
    )
    stays = list(rows.order_by("day", "stay_id").values_list("stay_id", flat=True))
    if not stays:
        raise ValidationError(_("本科室本月没有不符合这条规则的病历。"))
    _new(key_of(rule, month), department.id)
    said = _("%(month)s %(name)s 有 %(n)d 份病历不符合“%(title)s”。%(message)s") % {
        "month": month, "name": department.name, "n": len(stays), "title": known.title, "message": known.message,
    }  # fmt: skip
    return raise_finding(
        by=by, now=now, department=department, title=_("病历：%(title)s") % {"title": known.title},
        detail=said + "\n" + _source(known), severity=_severity(known), source_kind=SOURCE,
        source_key=key_of(rule, month), month=month, cases=stays[:MOST_CASES],
    )  # fmt: skip


@transaction.atomic
def raise_from_verdict(*, by, now: datetime, verdict: RecordVerdict) -> Finding:
    """A finding of one record that failed a rule. Raises ValidationError when it was made before."""
    require_unsealed(verdict.stay_id)
    if verdict.department_id is None:
        raise ValidationError(_("这份病历的科室在组织机构中没有，不能转为问题。请先补上科室。"))
    known, key = _known(verdict.rule, now), key_of_record(verdict.rule, verdict.stay_id)
    _new(key, verdict.department_id)
    detail = _("住院编号 %(stay)s：%(reason)s") % {
        "stay": verdict.stay_id,
        "reason": verdict.reason or known.title,
    }
    return raise_finding(
        by=by, now=now, department=verdict.department_id, title=_("病历：%(title)s") % {"title": known.title},
        detail=f"{detail}\n{known.message}\n{_source(known)}", severity=_severity(known), source_kind=SOURCE,
        source_key=key, month=verdict.month, cases=[verdict.stay_id],
    )  # fmt: skip


def _known(rule: str, now: datetime):
    known = all_rules(on=timezone.localdate(now)).get(rule)
    if known is None:
        raise ValidationError(_("没有这条规则，或它已停用。"))
    return known


def _new(key: str, department_id: int) -> None:
    made = Finding.objects.filter(source_kind=SOURCE, source_key=key, department_id=department_id).first()
    if made is not None:
        raise ValidationError(_("已经转为问题 %(number)s，不再重复提出。") % {"number": made.number})


def _source(rule) -> str:
    source = {"document": rule.source.document, "clause": rule.source.clause}
    return _("依据：%(document)s %(clause)s") % source


def _severity(rule) -> str:
    return "major" if str(rule.severity) == "error" else "minor"
