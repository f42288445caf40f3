"""What findings say of a department's month: the open ones, the overdue first, and how many were closed."""

from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.engine import months
from zhikong.foundation.findings import queries
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.rules import State
from zhikong.foundation.organisation.month_facts import Line, Section

MOST = 10


def section(*, department_id: int, month: str, now: datetime) -> Section | None:
    """Open findings of the department, and those closed in the month."""
    today = timezone.localdate(now)
    own = Finding.objects.filter(department_id=department_id, raised_at__lte=now)
    opened = list(
        own.exclude(state=State.CLOSED, closed_at__lte=now)
        .exclude(state=State.MERGED)
        .order_by("due_on", "pk")
    )
    first = date.fromisoformat(months.first_day(month))
    after = (first + timedelta(days=32)).replace(day=1)
    closed = own.filter(closed_at__date__gte=first, closed_at__date__lt=after).count()
    late = sum(finding.is_overdue(today) for finding in opened)
    summary = _("未关闭 %(open)d 个，其中逾期 %(late)d 个；本月关闭 %(closed)d 个。") % {
        "open": len(opened), "late": late, "closed": closed,
    }  # fmt: skip
    return Section(
        "findings", _("问题整改"), summary, tuple(_line(f, today) for f in opened[:MOST]), order=20
    )


def last_measures(*, department_id: int, month: str, now: datetime) -> Section | None:
    """What a monthly self-check looks at first: the measures of earlier months and how far they are (CAP-05)."""
    rows = list(queries.last_measures(department_id=department_id, month=month)[:MOST])
    if not rows:
        return None
    lines = tuple(_measure_line(finding, timezone.localdate(now)) for finding in rows)
    held = sum(finding.state == State.CLOSED for finding in rows)
    summary = _("以前月份的整改措施 %(all)d 项，已核实关闭 %(held)d 项。") % {"all": len(rows), "held": held}
    return Section("last_measures", _("上月整改措施的落实"), summary, lines, order=5)


def _measure_line(finding: Finding, today: date) -> Line:
    measures = list(finding.measures.all())
    done = sum(measure.done_at is not None for measure in measures)
    counted = _("措施 %(done)d / %(all)d 项完成") % {"done": done, "all": len(measures)} if measures else ""
    late = finding.is_overdue(today)
    note = "；".join(part for part in (counted, _("期限 %(due)s") % {"due": finding.due_on}) if part)
    return Line(
        text=f"{finding.number} {finding.title}",
        note=note,
        state="bad" if late else "ok" if finding.state == State.CLOSED else "none",
        word=_("逾期") if late else str(finding.get_state_display()),
        url=reverse("findings:detail", args=[finding.pk]),
    )


def _line(finding: Finding, today: date) -> Line:
    late = finding.is_overdue(today)
    return Line(
        text=f"{finding.number} {finding.title}",
        note=_("期限 %(due)s") % {"due": finding.due_on},
        state="bad" if late else "none",
        word=_("逾期") if late else str(finding.get_state_display()),
        url=reverse("findings:detail", args=[finding.pk]),
    )
