"""Draft, edit and publish a written summary."""

from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.duties import actions as duties
from zhikong.foundation.duties.evidence import HAND, Arrival
from zhikong.foundation.duties.periods import Every, period_of
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.organisation.queries import departments
from zhikong.hospital.functions.indicators.months import is_month
from zhikong.hospital.overviews.years import rules_quoting as quoting
from zhikong.hospital.overviews.years import rules_summary as rules
from zhikong.hospital.overviews.years.models import Summary
from zhikong.hospital.overviews.years.queries.evidence import LENGTH, months_of, snapshot

Kind = Summary.Kind


def check_period(kind: str, last_month: str, moment: datetime) -> None:
    """A period ends with its last month and has begun."""
    if kind not in Kind.values or not is_month(last_month) or int(last_month[5:]) % LENGTH[Kind(kind)]:
        raise ValidationError(_("请选择一个完整的季度、半年或年度。"))
    if months_of(kind, last_month)[0] > f"{timezone.localtime(moment):%Y-%m}":
        raise ValidationError(_("这一期在所选的数据时点还没有开始。"))


@transaction.atomic
def draft(*, by, now: datetime, kind: str, last_month: str, as_of: datetime | None = None) -> Summary:
    """Draft from what was known at a moment (now, if none is named); a draft of the same period is replaced."""
    require(by, Permission.KEEP_YEAR, whole_hospital=True)
    moment = as_of or now
    if moment > now:
        raise ValidationError(_("数据时点不能晚于现在。"))
    check_period(kind, last_month, moment)
    found = Summary.objects.select_for_update().filter(kind=kind, last_month=last_month).first()
    if found is not None:
        _check_open(found)
    made = found or Summary(institution_id=current_scope().institution_id, kind=kind, last_month=last_month)
    made.first_month, made.as_of = months_of(kind, last_month)[0], moment
    made.figures = snapshot(kind=kind, last_month=last_month, as_of=moment)
    made.digest, made.sections = made.figures["digest"], rules.sections(made.figures)
    made.drafted_at, made.drafted_by, made.edited_at, made.edited_by = now, by, None, None
    made.save()
    return made


@transaction.atomic
def edit(*, by, now: datetime, found: Summary, texts: Mapping[str, str]) -> Summary:
    """Change the words. A mark without a figure, and a figure whose value was changed, are refused."""
    require(by, Permission.KEEP_YEAR, whole_hospital=True)
    found = Summary.objects.select_for_update().get(pk=found.pk)
    _check_open(found)
    for section in found.sections:
        if section["key"] not in texts:
            continue
        section["text"] = texts[section["key"]].replace("\r\n", "\n").strip()
        _check_bound(section, found.figures["entries"])
    found.edited_at, found.edited_by = now, by
    found.save(update_fields=["sections", "edited_at", "edited_by"])
    return found


def _check_bound(section: Mapping, entries) -> None:
    if wrong := quoting.unknown(section["text"], entries):
        raise ValidationError(
            _("“%(title)s”中的 %(numbers)s 没有对应的数据，请改为表中的序号或删去。")
            % {"title": section["title"], "numbers": "、".join(f"〔{n}〕" for n in wrong)}
        )
    if loose := quoting.loosened(section["text"], entries):
        before = _("前面应为")
        wanted = "；".join(f"〔{e['number']}〕{before} {e['shown']}" for e in loose)
        raise ValidationError(
            _("“%(title)s”中的数字与依据不符：%(wanted)s。") % {"title": section["title"], "wanted": wanted}
        )


@transaction.atomic
def publish(*, by, now: datetime, found: Summary) -> Summary:
    """Fix the words and figures; leaders and every department's leaders get it with a receipt."""
    require(by, Permission.KEEP_YEAR, whole_hospital=True)
    found = Summary.objects.select_for_update().get(pk=found.pk)
    _check_open(found)
    if not found.figures["complete"]:
        raise ValidationError(_("期间还没有结束，不能发布；到期后请重新起草。"))
    found.state, found.published_at, found.published_by = Summary.State.PUBLISHED, now, by
    found.save(update_fields=["state", "published_at", "published_by"])
    quarter = found.kind == Kind.QUARTER
    notices.send(
        by=by, now=now, title=_("%(title)s已发布") % {"title": found.title},
        url=reverse("years:summary", args=[found.pk]), roles=("hospital_leader", "medical_affairs", "nursing"),
        departments=[] if quarter else [d.id for d in departments(on=timezone.localdate(now))],
        source_kind="years_summary", source_key=str(found.pk),
        sent_to=_("院领导") if quarter else _("全院各科室"),
    )  # fmt: skip
    _prove(found, by=by, now=now)
    return found


DUTIES = {Kind.QUARTER: ("quarter", "summary_to_president"), Kind.YEAR: ("year", "annual_summary")}
"""Which recurring duty a published summary fulfils."""


def _prove(found: Summary, *, by, now: datetime) -> None:
    every, duty_id = DUTIES.get(Kind(found.kind), ("", ""))
    if not duty_id:
        return
    period = period_of(Every(every), date.fromisoformat(f"{found.last_month}-01")).key
    url = reverse("years:summary", args=[found.pk])
    duties.arrive(
        Arrival(HAND, "report", f"summary:{found.pk}", timezone.localdate(now), found.title, period=period, url=url,
                by=by, duty_ids=(duty_id,)), now=now,
    )  # fmt: skip


def _check_open(found: Summary) -> None:
    if found.published:
        raise ValidationError(_("%(title)s已经发布，不能再改。") % {"title": found.title})
