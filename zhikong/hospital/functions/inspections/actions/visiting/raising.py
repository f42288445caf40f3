"""At the conclusion the proposals become findings of the departments; what was mended on the spot is closed with its proof."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.files.models import File
from zhikong.foundation.findings import actions as findings
from zhikong.foundation.findings.actions.steps import head_of
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.organisation.queries import names
from zhikong.hospital.functions.inspections.actions.planning import mending
from zhikong.hospital.functions.inspections.actions.planning.steps import record
from zhikong.hospital.functions.inspections.models.ending import Proposal, VisitSignature
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.visiting import Correction, Media
from zhikong.hospital.functions.inspections.queries.visiting import exchange
from zhikong.hospital.functions.inspections.rules_planning import SOURCE

JOB = "inspections.conclude"


def raise_all(visit: Visit, *, by, now: datetime) -> list[Finding]:
    """One finding for each proposal that was not dropped; a department merged meanwhile is followed, and it is said."""
    made = []
    for proposal in exchange.proposals(visit):
        if proposal.decision == Proposal.Decision.RAISE and proposal.finding_id is None:
            made.append(_raise(visit, proposal, by=by, now=now))
    return made


def _raise(visit: Visit, proposal: Proposal, *, by, now: datetime) -> Finding:
    department_id, said = _whose(visit, proposal, now)
    own = can(by, Permission.RAISE_FINDING, department_id)
    place = visit.place.name if visit.place else ""
    detail = "\n".join(
        [proposal.detail, f"检查 {visit.number} {visit.title}，检查人：{_inspectors(visit)}", *said]
    )
    with nullcontext() if own else scoped(job_scope(visit.institution_id, job=JOB)):
        finding = findings.raise_finding(
            by=by if own else None,
            now=now,
            department=department_id,
            title=proposal.title,
            detail=detail,
            severity=proposal.severity,
            source_kind=SOURCE,
            source_key=f"{visit.pk}:{proposal.sheet_id}:{proposal.item}"[:120],
            opinion=proposal.opinion,
            clause_key=proposal.clause_key,
            clause_text=proposal.title,
            place=place,
        )
        mended = corrections(proposal)
        if mended:
            _close_mended(visit, finding, mended, by=by, now=now)
    proposal.finding_id = finding.pk
    proposal.save(update_fields=["finding_id"])
    return finding


def corrections(proposal: Proposal) -> list[Correction]:
    """What was put right on the spot of the item."""
    rows = Correction.objects.filter(sheet_id=proposal.sheet_id, item=proposal.item)
    return list(rows.select_related("by").order_by("at", "pk"))


def _whose(visit: Visit, proposal: Proposal, now: datetime) -> tuple[int, list[str]]:
    """The department that answers today, and why it is not the inspected one. Raises ValidationError."""
    today, inspected = timezone.localdate(now), proposal.sheet.department_id or visit.department_id
    if inspected is None:
        raise ValidationError(f"“{proposal.title}”不知道属于哪个科室，请在检查表里写明，或不提出。")
    found, said = mending.successor(inspected, today)
    if found is None:
        raise ValidationError(" ".join([*said, f"“{proposal.title}”没有科室可以整改，请写明理由后不提出。"]))
    if found == inspected:
        return found, []
    here = names(on=today).get(found, "")
    return found, [f"检查时属于{proposal.sheet.department_name or visit.department_name}，现由{here}整改。"]


def _inspectors(visit: Visit) -> str:
    return "、".join(str(one.user) for one in visit.inspectors.select_related("user").order_by("pk"))


def _close_mended(visit: Visit, finding: Finding, mended: list[Correction], *, by, now: datetime) -> None:
    """Closed at once with its proof where the rules allow it; otherwise the finding stays open and says why."""
    said = "；".join(f"{one.what}（{one.corrector or '科室'}，{one.by}见证）" for one in mended)
    corrector = _corrector(visit, finding, mended, now)
    try:
        with transaction.atomic():
            if corrector is None:
                raise ValidationError("被检科室没有可以登记为纠正人的账号。")
            findings.record_on_the_spot(
                finding,
                by=by,
                now=now,
                corrected_by=corrector,
                evidence=said,
                files=_files(mended, finding.department_id),
            )
    except ValidationError as refused:
        why = " ".join(refused.messages)
        findings.comment(finding, by=None, now=now, text=f"已当场纠正：{said}。没有直接关闭：{why}")
        record(visit, "changed", by=by, now=now, text=f"{finding.number} 已当场纠正，没有直接关闭：{why}")


def _corrector(visit: Visit, finding: Finding, mended: list[Correction], now: datetime) -> User | None:
    """Whose act it was: the named person's account, who signed for the department, or its head."""
    wanted = {one.corrector for one in mended if one.corrector}
    signed = (
        VisitSignature.objects.filter(visit=visit, role="inspected").exclude(user=None).select_related("user")
    )
    people = [one.user for one in signed.order_by("-pk")]
    named = [one for one in people if str(one) in wanted]
    return next(iter([*named, *people]), None) or head_of(finding.department_id, now)


def _files(mended: list[Correction], department_id: int) -> list[File]:
    """The photos after it, as they may be shown; the finding keeps only files of its own department."""
    ids = [pk for one in mended for pk in one.media_ids]
    media = Media.objects.filter(pk__in=ids).exclude(file=None).select_related("file")
    return [one.file for one in media if one.file.department_id == department_id]
