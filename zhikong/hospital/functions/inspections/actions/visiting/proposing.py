"""Failed items are proposed as findings before the conclusion, so that the inspected side can speak to them."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.forms import queries as forms
from zhikong.foundation.forms.models import Sheet
from zhikong.hospital.functions.inspections.actions.planning.steps import lock
from zhikong.hospital.functions.inspections.models.ending import Proposal
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.queries.planning.visits import inspects
from zhikong.hospital.functions.inspections.queries.visiting import exchange
from zhikong.hospital.functions.inspections.queries.visiting.failures import Failure, failures
from zhikong.hospital.functions.inspections.rules_planning import State
from zhikong.hospital.functions.inspections.rules_visiting import LEAST_REASON

SEVERITIES = ("minor", "major")


def propose(visit: Visit, *, by, now: datetime) -> list[Proposal]:
    """One proposal for each failed item; what was decided stays, what complies by now goes."""
    kept = {(one.sheet_id, one.item): one for one in exchange.proposals(visit)}
    for sheet in exchange.open_sheets(visit):
        for failure in failures(sheet, by=by, now=now):
            found = kept.pop((sheet.pk, failure.item), None)
            _write(visit, sheet, failure, found)
    for gone in kept.values():
        gone.delete()
    return exchange.proposals(visit)


def _write(visit: Visit, sheet: Sheet, failure: Failure, found: Proposal | None) -> None:
    if found is not None:
        if found.decided_at is None and found.detail != failure.fact:
            found.detail = failure.fact
            found.save(update_fields=["detail"])
        return
    Proposal.objects.create(
        institution_id=visit.institution_id,
        visit=visit,
        sheet=sheet,
        item=failure.item,
        clause_key=failure.key[:140],
        title=failure.text[:120],
        detail=failure.fact,
        severity=failure.severity,
    )


@transaction.atomic
def decide(
    proposal: Proposal,
    *,
    by,
    now: datetime,
    decision: str,
    reason: str = "",
    severity: str = "",
    detail: str = "",
    opinion: str = "",
) -> Proposal:
    """An inspector says whether a failed item becomes a finding, how grave it is, and what should be done."""
    visit = lock(proposal.visit)
    proposal.refresh_from_db()
    if not inspects(by, visit):
        raise PermissionDenied(_("由这次检查的检查人决定提出哪些问题。"))
    if visit.state != State.COMMENT:
        raise ValidationError(_("现在不能再改拟提出的问题。"))
    if decision not in Proposal.Decision.values or (severity and severity not in SEVERITIES):
        raise ValidationError(_("请选择是否提出，以及程度。"))
    if decision == Proposal.Decision.DROP and len(reason.strip()) < LEAST_REASON:
        raise ValidationError(_("不提出时请写明理由，至少 %(n)d 个字。") % {"n": LEAST_REASON})
    proposal.decision, proposal.reason = decision, reason.strip()[:300]
    proposal.severity = severity or proposal.severity
    proposal.detail, proposal.opinion = detail.strip() or proposal.detail, opinion.strip()
    proposal.decided_at, proposal.decided_by = now, by
    proposal.save()
    return proposal


def item_words(visit: Visit, key: str) -> str:
    """``sheet:item`` in words, for a sentence."""
    sheet_id, _colon, item_id = key.partition(":")
    sheet = next((one for one in exchange.open_sheets(visit) if str(one.pk) == sheet_id), None)
    item = forms.definition(sheet).item(item_id) if sheet else None
    return f"“{item.text[:24]}”" if item else key
