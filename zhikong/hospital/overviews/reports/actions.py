"""Draft, edit and publish a brief."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.organisation.queries import departments
from zhikong.foundation.outbox.actions import announce
from zhikong.hospital.overviews.reports import jobs, rules
from zhikong.hospital.overviews.reports.facts import BriefPublished
from zhikong.hospital.overviews.reports.gathering import NothingComputed, snapshot
from zhikong.hospital.overviews.reports.models import Brief


@transaction.atomic
def draft(*, by, now: datetime, month: str) -> Brief:
    """Draft the month's brief from today's figures; an unpublished draft is replaced, edited words included."""
    require(by, Permission.EDIT_BRIEF)
    brief = Brief.objects.select_for_update(of=("self",)).filter(month=month).first()
    if brief is not None:
        _check_open(brief)
    brief = brief or Brief(institution_id=current_scope().institution_id, month=month)
    try:
        brief.figures = snapshot(month=month, now=now)
    except NothingComputed as error:
        raise ValidationError(str(error)) from error
    brief.sections = rules.draft(brief.figures)
    brief.data_version = brief.figures["data_version"]
    brief.drafted_at, brief.drafted_by = now, by
    brief.edited_at = brief.edited_by = None
    brief.save()
    jobs.draw_charts.defer(institution_id=brief.institution_id, brief_id=brief.pk)
    return brief


@transaction.atomic
def edit(*, by, now: datetime, month: str, sections: dict[str, str]) -> Brief:
    """Change the words. A quotation 〔n〕 of a figure that does not exist is refused."""
    require(by, Permission.EDIT_BRIEF)
    brief = _locked(month)
    _check_open(brief)
    for key, text in sections.items():
        wrong = rules.unknown_marks(text, brief.figures)
        if wrong:
            numbers = "、".join(f"〔{n}〕" for n in wrong)
            title = rules.SECTIONS[key]
            raise ValidationError(
                _("“%(title)s”中的 %(numbers)s 没有对应的数据，请改为表中的序号或删去。")
                % {"title": title, "numbers": numbers}
            )
    brief.sections = brief.sections | sections
    brief.edited_at, brief.edited_by = now, by
    brief.save(update_fields=["sections", "edited_at", "edited_by"])
    return brief


@transaction.atomic
def publish(*, by, now: datetime, month: str) -> Brief:
    """Fix the brief and tell every department's leaders and the hospital's leaders, with a receipt (REP-07)."""
    require(by, Permission.PUBLISH_BRIEF)
    brief = _locked(month)
    _check_open(brief)
    brief.state = Brief.State.PUBLISHED
    brief.published_at, brief.published_by = now, by
    brief.save(update_fields=["state", "published_at", "published_by"])
    notices.send(
        by=by,
        now=now,
        title=_("%(month)s医疗质量简报已发布") % {"month": brief.figures["month_words"]},
        text=brief.sections.get("overall", ""),
        url=reverse("reports:brief", args=[month]),
        roles=("hospital_leader", "medical_affairs", "nursing"),
        departments=[d.id for d in departments(on=timezone.localdate(now))],
        kind="brief",
        source_kind="brief",
        source_key=month,
        sent_to=_("全院各科室"),
    )
    announce(BriefPublished(month), now=now)
    return brief


def _locked(month: str) -> Brief:
    brief = Brief.objects.select_for_update(of=("self",)).filter(month=month).first()
    if brief is None:
        raise ValidationError(_("这个月还没有起草简报。请先点“起草”。"))
    return brief


def _check_open(brief: Brief) -> None:
    if brief.published:
        raise ValidationError(
            _("%(month)s 的简报已经发布，不能再改。如有更正，请在下一期说明。") % {"month": brief.month}
        )
