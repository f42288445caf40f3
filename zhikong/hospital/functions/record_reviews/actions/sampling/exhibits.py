"""Exhibits: made without the person, checked again, approved by somebody else, objected to, taken down, commented on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.facts.charts import chart_of
from zhikong.foundation.organisation.models import Department
from zhikong.hospital.functions.record_reviews.models import Contest, Exhibit, ExhibitComment
from zhikong.hospital.functions.record_reviews.queries.sampling.exhibits import (
    chart_for,
    known_of,
    leaks_of,
    shown_parts,
)
from zhikong.hospital.functions.record_reviews.rules_exhibits import Leak, cleared

SOURCE = "record_exhibit"
OBJECTION_DAYS = 5


@transaction.atomic
def make_exhibit(
    *, by, now: datetime, kind: str, stay_id: str, title: str, remark: str = "", month: str = "",
    sections: Sequence[tuple[str, str]] = (), contest: Contest | None = None, show_department: bool = False,
) -> Exhibit:  # fmt: skip
    """A draft of what is to be shown, with everything that identifies already replaced.

    sections: (document id, section name) pairs; none takes the whole chart. Raises NoSuchChart, ValidationError.
    """
    require(by, Permission.ASSIGN_REVIEWS, whole_hospital=True)
    chart = chart_of(stay_id, by=by, purpose="准备病历展示", month=month)
    wanted = set(sections)
    parts = [
        {"title": f"{document.title} · {section.name}", "text": section.text}
        for document in chart.documents
        for section in document.sections
        if not wanted or (document.id, section.name) in wanted
    ]
    if not parts:
        raise ValidationError("没有选中任何文书内容。请至少选一个部分。")
    known = known_of(chart, by=by)
    (head, *_none) = cleared([{"title": title.strip(), "text": remark.strip()}], known)
    exhibit = Exhibit(
        institution_id=current_scope().institution_id, kind=kind, contest=contest, stay_id=chart.stay_id,
        month=chart.month, department=Department.objects.get(code=chart.department), show_department=show_department,
        title=head["title"], remark=head["text"], parts=cleared(parts, known), made_at=now, made_by=by,
    )  # fmt: skip
    exhibit.full_clean(exclude=["institution", "made_by"])
    exhibit.save()
    return exhibit


@transaction.atomic
def edit(exhibit: Exhibit, *, by, title: str, remark: str, parts: Sequence[Mapping[str, str]]) -> Exhibit:
    """Change the words of a draft; empty parts are left out. What was approved is taken down first."""
    require(by, Permission.ASSIGN_REVIEWS, whole_hospital=True)
    _must_be(exhibit, Exhibit.State.DRAFT, "只有草稿可以修改。")
    exhibit.title, exhibit.remark = title.strip(), remark.strip()
    exhibit.parts = [{"title": one["title"], "text": one["text"]} for one in parts if one["text"].strip()]
    exhibit.full_clean(exclude=["institution", "made_by"])
    exhibit.save(update_fields=["title", "remark", "parts"])
    return exhibit


@transaction.atomic
def clear_again(exhibit: Exhibit, *, by) -> Exhibit:
    """Replace what the check still finds."""
    require(by, Permission.ASSIGN_REVIEWS, whole_hospital=True)
    _must_be(exhibit, Exhibit.State.DRAFT, "只有草稿可以修改。")
    head, *parts = cleared(shown_parts(exhibit), known_of(chart_for(exhibit, by=by), by=by))
    return edit(exhibit, by=by, title=head["title"], remark=head["text"], parts=parts)


@transaction.atomic
def submit(exhibit: Exhibit, *, by, now: datetime) -> Exhibit:
    """Hand it in for approval; refused while an identifier is left."""
    require(by, Permission.ASSIGN_REVIEWS, whole_hospital=True)
    _must_be(exhibit, Exhibit.State.DRAFT, "只有草稿可以送审。")
    refuse_leaks(leaks_of(exhibit, by=by))
    exhibit.state, exhibit.submitted_at, exhibit.submitted_by = Exhibit.State.SUBMITTED, now, by
    exhibit.reason = ""
    exhibit.save(update_fields=["state", "submitted_at", "submitted_by", "reason"])
    return exhibit


def refuse_leaks(found: Sequence[Leak]) -> None:
    """Raise ValidationError that names every identifier's kind and place, never the identifier itself."""
    if found:
        places = "；".join(f"“{one.part}”里有{one.kind}" for one in found[:5])
        raise ValidationError(
            f"还有 {len(found)} 处可能识别个人的内容，不能公示：{places}。请删改，或点“再次去标识”。"
        )


@transaction.atomic
def approve(exhibit: Exhibit, *, by, now: datetime) -> Exhibit:
    """Show it to the hospital; checked once more. Not by who handed it in (REC-29)."""
    require(by, Permission.ARBITRATE_REVIEWS, whole_hospital=True)
    _must_be(exhibit, Exhibit.State.SUBMITTED, "只有待审批的内容可以批准。")
    if by is not None and exhibit.submitted_by_id == by.pk:
        raise ValidationError("送审人不能自己批准，请由另一位有仲裁权限的人审批。")
    refuse_leaks(leaks_of(exhibit, by=by))
    exhibit.state, exhibit.approved_at, exhibit.approved_by = Exhibit.State.PUBLISHED, now, by
    exhibit.objection_until = working_calendar().add_working_days(timezone.localdate(now), OBJECTION_DAYS)
    exhibit.save(update_fields=["state", "approved_at", "approved_by", "objection_until"])
    return exhibit


@transaction.atomic
def send_back(exhibit: Exhibit, *, by, now: datetime, reason: str) -> Exhibit:
    """Not approved: back to draft with a reason."""
    require(by, Permission.ARBITRATE_REVIEWS, whole_hospital=True)
    _must_be(exhibit, Exhibit.State.SUBMITTED, "只有待审批的内容可以退回。")
    exhibit.state, exhibit.reason = Exhibit.State.DRAFT, _reasoned(reason)
    exhibit.submitted_at = exhibit.submitted_by = None
    exhibit.save(update_fields=["state", "reason", "submitted_at", "submitted_by"])
    return exhibit


@transaction.atomic
def withdraw(exhibit: Exhibit, *, by, now: datetime, reason: str) -> Exhibit:
    """Take it down, with a reason; it stays in the archive of what was shown."""
    require(by, Permission.ASSIGN_REVIEWS, whole_hospital=True)
    if exhibit.state == Exhibit.State.WITHDRAWN:
        raise ValidationError("已经撤下。")
    exhibit.state, exhibit.reason = Exhibit.State.WITHDRAWN, _reasoned(reason)
    exhibit.withdrawn_at, exhibit.withdrawn_by = now, by
    exhibit.save(update_fields=["state", "reason", "withdrawn_at", "withdrawn_by"])
    return exhibit


@transaction.atomic
def comment(exhibit: Exhibit, *, by, now: datetime, text: str) -> ExhibitComment:
    """Say something of a shown record; words that identify are refused here too."""
    if exhibit.state != Exhibit.State.PUBLISHED:
        raise ValidationError("只能点评正在展示的病历。")
    if len(text.strip()) < 2:
        raise ValidationError("请写点评，至少两个字。")
    if cleared([{"title": "", "text": text}], known_of(None, by=by))[0]["text"] != text:
        raise ValidationError("点评里有姓名、电话或编号，请去掉后再发。点评只谈病历，不点名。")
    return ExhibitComment.objects.create(
        institution_id=exhibit.institution_id,
        exhibit=exhibit,
        text=text.strip()[:500],
        written_at=now,
        written_by=by,
    )


@transaction.atomic
def hide_comment(one: ExhibitComment, *, by, now: datetime) -> None:
    """Its author, or who keeps the board, takes a comment away."""
    if one.written_by_id != by.pk and not can(by, Permission.ASSIGN_REVIEWS, whole_hospital=True):
        raise PermissionDenied("只有写点评的人和管理展示的人可以隐藏点评。")
    one.hidden_at, one.hidden_by = now, by
    one.save(update_fields=["hidden_at", "hidden_by"])


def _must_be(exhibit: Exhibit, state: str, sentence: str) -> None:
    if exhibit.state != state:
        raise ValidationError(sentence)


def _reasoned(reason: str) -> str:
    if len(reason.strip()) < 2:
        raise ValidationError("请写明理由，至少两个字。")
    return reason.strip()[:300]
