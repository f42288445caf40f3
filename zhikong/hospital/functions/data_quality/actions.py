"""All writes: an inspection with its issues, and what people decide about an issue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.engine.quality.issues import HOSPITAL, Comparison, Found, Identity, compare
from zhikong.engine.quality.model import Kind
from zhikong.engine.record_rules import RecordRule
from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts import gateway, quality_runs
from zhikong.foundation.facts.queries import latest_publication
from zhikong.foundation.findings.actions import raise_finding
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.organisation.models import Department
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.data_quality.inspecting import Inspection, rules_in_force
from zhikong.hospital.functions.data_quality.inspecting import inspect as look
from zhikong.hospital.functions.data_quality.library import readers
from zhikong.hospital.functions.data_quality.models import Issue, IssueEvent, Run
from zhikong.hospital.functions.data_quality.queries.front_pages import SOURCE, findings_of, key_of
from zhikong.hospital.functions.data_quality.queries.runs import newest_run


@transaction.atomic
def inspect(*, by, now: datetime) -> Run | None:
    """Inspect the published facts, once for a state and its rules; None when nothing is published.

    Issues that came, went and came back are told once, in one notice.
    """
    require(by, Permission.MANAGE_DATA)
    publication = latest_publication()
    if publication is None:
        return None
    rules = rules_in_force()
    known = Run.objects.filter(data_version=publication.data_version, rules=rules).first()
    if known is not None:
        return known
    folder = f"{publication.number}-{publication.data_version}-{rules[:12]}"
    seen = look(gateway.published(), folder=folder, now=now, today=timezone.localdate(now))
    return _store(seen, publication, rules, by=by, now=now)


def _store(seen: Inspection, publication, rules: str, *, by, now: datetime) -> Run:
    before = newest_run()
    earlier = quality_runs.found_of(before.folder) if before else {}
    change = compare(earlier, (found.identity for found in seen.found))
    run = Run.objects.create(
        institution_id=current_scope().institution_id,
        publication=publication.number,
        data_version=publication.data_version,
        rules=rules,
        keys=seen.keys,
        verdicts=seen.verdicts,
        months=seen.months,
        made=seen.made,
        started_at=now,
        finished_at=timezone.now(),
        new=len(change.new),
        resolved=len(change.resolved),
        persisting=len(change.persisting),
    )
    back = _keep_issues(seen, run, now=now)
    _tell(run, change, back, by=by, now=now)
    return run


def _keep_issues(seen: Inspection, run: Run, *, now: datetime) -> int:
    """Write every issue's newest state; returns how many that were called fixed came back."""
    places = dict(Department.objects.values_list("code", "pk"))
    hit = _hit(run)
    known = {_identity(issue): issue for issue in Issue.objects.select_for_update(of=("self",))}
    made, changed, events, back = [], [], [], 0
    for found in seen.found:
        issue = known.pop(found.identity, None)
        if issue is None:
            made.append(_new(found, run, places, hit, now))
            continue
        if issue.state == Issue.State.FIXED:
            back += 1
            issue.state, issue.reason, issue.judged_at, issue.judged_by = Issue.State.OPEN, "", None, None
            events.append(_event(issue, IssueEvent.What.BACK, now=now))
        _renew(issue, found, run, hit, now)
        changed.append(issue)
    for issue in known.values():
        if issue.present:
            _gone(issue, now)
            changed.append(issue)
            events.append(_event(issue, IssueEvent.What.GONE, now=now))
    Issue.objects.bulk_create(made, batch_size=1000)
    fields = (
        "reasons", "months", "newest", "count", "base", "permille", "indicators", "present", "state", "reason",
        "judged_at", "judged_by", "last_seen_at", "last_run",
    )  # fmt: skip
    Issue.objects.bulk_update(changed, fields, batch_size=500)
    events += [_event(issue, IssueEvent.What.FOUND, now=now) for issue in made]
    IssueEvent.objects.bulk_create(events, batch_size=1000)
    return back


def _identity(issue: Issue) -> Identity:
    return Identity(issue.table, issue.column, issue.place, Kind(issue.kind))


def _hit(run: Run) -> dict[tuple[str, tuple[str, str], str], int]:
    """(month, field, place) -> how many indicators have cases that cannot be assessed for want of the field."""
    return {
        (month, field, place): len(effects)
        for month in run.months
        for (field, place), effects in quality_runs.effects_of(run.folder, month=month).items()
    }


def _indicators(found: Found, hit) -> int:
    """Counted for missing values; for the others how many indicators read the field."""
    field = (found.identity.table, found.identity.column)
    if found.identity.kind is Kind.MISSING:
        return hit.get((found.newest, field, found.identity.department), 0)
    return len(readers().get(field, ()))


def _new(found: Found, run: Run, places: dict[str, int], hit, now: datetime) -> Issue:
    issue = Issue(
        institution_id=run.institution_id,
        table=found.identity.table,
        column=found.identity.column,
        place=found.identity.department,
        kind=str(found.identity.kind),
        department_id=places.get(found.identity.department),
        first_seen_at=now,
        first_run=run,
    )
    _renew(issue, found, run, hit, now)
    return issue


def _renew(issue: Issue, found: Found, run: Run, hit, now: datetime) -> None:
    issue.reasons = list(found.reasons)
    issue.months = {month: list(count) for month, count in found.months.items()}
    issue.newest, (issue.count, issue.base) = found.newest, found.last
    issue.permille = round(found.last.percent * 10)
    issue.indicators = _indicators(found, hit)
    issue.present, issue.last_seen_at, issue.last_run = True, now, run


def _gone(issue: Issue, now: datetime) -> None:
    """The data themselves say that it is mended; what a person said of it stays said."""
    issue.present = False
    if issue.state == Issue.State.OPEN:
        issue.state, issue.reason = Issue.State.FIXED, _("数据中已不再出现")
        issue.judged_at, issue.judged_by = now, None


def _event(issue: Issue, what: str, *, now: datetime, by=None, text: str = "") -> IssueEvent:
    return IssueEvent(institution_id=issue.institution_id, issue=issue, what=what, at=now, by=by, text=text)


def _tell(run: Run, change: Comparison, back: int, *, by, now: datetime) -> None:
    """One notice for a run, and only when something came or came back."""
    if not change.new and not back:
        return
    text = _("新出现 %(new)d 项，再次出现 %(back)d 项，已消失 %(gone)d 项，仍存在 %(same)d 项。") % {
        "new": len(change.new) - back if len(change.new) > back else len(change.new),
        "back": back, "gone": len(change.resolved), "same": len(change.persisting),
    }  # fmt: skip
    notices.send(
        by=by, now=now, title=_("数据质量检查发现新问题"), text=text, url=reverse("data_quality:overview"),
        roles=("quality_office", "record_reviewer", "administrator"), source_kind=SOURCE, source_key=str(run.pk),
    )  # fmt: skip


@transaction.atomic
def judge(issue: Issue, *, by, now: datetime, state: str, reason: str) -> Issue:
    """Say what became of an issue: explained, a false positive, fixed, or open again; always with a reason.

    “Fixed” is a claim: the next inspection that still finds it opens it again.
    """
    _may(by, issue)
    if state not in Issue.State.values:
        raise ValidationError(_("没有这个状态。"))
    if len(reason.strip()) < 2:
        raise ValidationError(_("请写明理由。"))
    issue = Issue.objects.select_for_update(of=("self",)).get(pk=issue.pk)
    issue.state, issue.reason, issue.judged_at, issue.judged_by = state, reason.strip()[:300], now, by
    issue.save(update_fields=["state", "reason", "judged_at", "judged_by"])
    text = f"{issue.get_state_display()}：{issue.reason}"
    _event(issue, IssueEvent.What.JUDGED, now=now, by=by, text=text).save()
    if state != Issue.State.OPEN:
        tasks.complete_for(source_kind=SOURCE, source_key=str(issue.pk), by=by, now=now)
    return issue


def _may(by, issue: Issue) -> None:
    require(
        by, Permission.JUDGE_DATA_QUALITY, issue.department_id, whole_hospital=issue.department_id is None
    )


@transaction.atomic
def assign(issue: Issue, *, by, now: datetime, owner, due_on: date | None = None, title: str) -> Issue:
    """Give an issue to somebody: it becomes a task; whoever had it before has it no more."""
    _may(by, issue)
    today = timezone.localdate(now)
    due = due_on or today + timedelta(days=7)
    if due < today:
        raise ValidationError(_("期限不能早于今天。"))
    issue = Issue.objects.select_for_update(of=("self",)).get(pk=issue.pk)
    url = reverse("data_quality:issue", args=[issue.pk])
    tasks.cancel_for(source_kind=SOURCE, source_key=str(issue.pk), by=by, now=now, reason=_("改派"))
    tasks.assign(
        by=by, now=now, owner=owner, title=title, due_on=due, url=url, department_id=issue.department_id,
        due_reason=_("%(by)s 指派数据质量问题时指定") % {"by": by}, source_kind=SOURCE, source_key=str(issue.pk),
    )  # fmt: skip
    issue.owner = owner
    issue.save(update_fields=["owner"])
    _event(issue, IssueEvent.What.ASSIGNED, now=now, by=by, text=str(owner)).save()
    notices.send(
        by=by, now=now, users=[owner], title=_("请处理一项数据质量问题"), text=title, url=url, kind="task",
        source_kind=SOURCE, source_key=str(issue.pk),
    )  # fmt: skip
    return issue


def judge_all(chosen: Iterable[Issue], *, by, now: datetime, state: str, reason: str) -> int:
    """The same word for several issues, such as a source that was agreed not to deliver a field."""
    return sum(1 for issue in chosen if judge(issue, by=by, now=now, state=state, reason=reason))


@transaction.atomic
def raise_from_rule(
    *, by, now: datetime, rule: RecordRule, month: str, department, stays: Sequence[str]
) -> Finding:
    """One finding for a department from the records that failed a front-page rule in a month, with them as evidence.

    Raises ValidationError when there are none, or when the finding was made before.
    """
    if not stays:
        raise ValidationError(_("本科室本月没有不通过的病案首页。"))
    known = findings_of(month, rule.id).get(department.id)
    if known is not None:
        raise ValidationError(_("已经转为问题 %(number)s，不再重复提出。") % {"number": known.number})
    said = _("%(month)s %(name)s 有 %(n)d 份病案首页不符合“%(title)s”。%(message)s") % {
        "month": month, "name": department.name, "n": len(stays), "title": rule.title, "message": rule.message,
    }  # fmt: skip
    source = {"document": rule.source.document, "clause": rule.source.clause}
    detail = said + "\n" + _("依据：%(document)s %(clause)s") % source
    return raise_finding(
        by=by, now=now, department=department, title=_("病案首页：%(title)s") % {"title": rule.title}, detail=detail,
        severity="major" if rule.severity == "error" else "minor", source_kind=SOURCE,
        source_key=key_of(month, rule.id), month=month, cases=stays,
    )  # fmt: skip


__all__ = ["HOSPITAL", "assign", "inspect", "judge", "judge_all", "raise_from_rule"]
