"""An indicator's month as the origin of a finding: what the raise form starts with, where its cases are (CAP-14)."""

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.findings.queries import findings
from zhikong.foundation.findings.rules import Severity
from zhikong.foundation.findings.sources import Source
from zhikong.foundation.organisation.queries import names
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.actions.alerting import link_alert
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.models import Alert
from zhikong.hospital.functions.indicators.queries.alerts import open_alert
from zhikong.hospital.functions.indicators.queries.board import Line, lines
from zhikong.hospital.functions.indicators.queries.figures import Place, frame
from zhikong.hospital.functions.indicators.queries.targets import target_book
from zhikong.hospital.functions.indicators.rules import Status


def describe(key: str, department_id: int | None) -> Source | None:
    """The source behind “average_length_of_stay@2026-10”; None when there is no such indicator or month."""
    indicator_id, _sign, month = key.partition("@")
    definition = definitions().get(indicator_id)
    if definition is None or not calendar.is_month(month):
        return None
    shown = frame()
    row = lines(shown, target_book(), month=month, places=[department_id], definitions=[definition])[0]
    query = f"?month={month}" + (f"&department={department_id}" if department_id else "")
    place = place_name(department_id, month)
    return Source(
        title=_title(row),
        detail=_detail(row, place),
        label=_("%(name)s %(place)s %(month)s")
        % {"name": definition.title(), "place": place, "month": calendar.spoken(month)},
        url=reverse("indicators:detail", args=[indicator_id]) + query,
        cases_url=reverse("indicators:cases", args=[indicator_id]) + query,
        severity=_severity(indicator_id, department_id),
        departments=(department_id,) if department_id else (),
    )


def place_name(department_id: Place, month: str) -> str:
    if department_id is None:
        return _("全院")
    return names(on=calendar.first_day(month)).get(department_id, "")


def _title(row: Line) -> str:
    said = {"name": row.name, "month": calendar.spoken(row.month)}
    if row.status is Status.MISSED:
        return _("%(name)s %(month)s未达标") % said
    return _("%(name)s %(month)s出现信号") % said if row.found else _("%(name)s %(month)s需要改进") % said


def _detail(row: Line, place: str) -> str:
    """The facts: the judgement, numerator and denominator, the signals."""
    parts = [f"{calendar.spoken(row.month)}{place}：{row.sentence}"]
    if row.figure is not None and row.figure.denominator:
        parts.append(_("分子 %(n)s，分母 %(d)s。") % {"n": row.figure.numerator, "d": row.figure.denominator})
    return "\n".join([*parts, *(found.sentence for found in row.found)])


def _severity(indicator_id: str, department_id: Place) -> str:
    """A red alert is a major finding by proposal; people decide."""
    alert = open_alert(indicator_id=indicator_id, place=department_id)
    return Severity.MAJOR if alert is not None and alert.tier == Alert.Tier.RED else Severity.MINOR


def finding_raised(fact, *, now) -> None:
    """A finding deals with the alert of its indicator and department: nobody is asked twice."""
    if not fact.indicator_id:
        return
    finding = findings(today=now.date(), show="all").filter(pk=fact.finding_id).first()
    if finding is not None:
        link_alert(
            now=now,
            indicator_id=finding.indicator_id,
            department_id=finding.department_id,
            finding_id=finding.pk,
        )
