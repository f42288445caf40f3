"""Reads of alerts; the row policies narrow them to the departments in scope."""

from django.db.models import Case, IntegerField, QuerySet, Value, When

from zhikong.hospital.functions.indicators.models import Alert
from zhikong.hospital.functions.indicators.queries.figures import Place
from zhikong.hospital.functions.indicators.queries.small_cells import restriction

LOUDEST_FIRST = Case(
    When(tier=Alert.Tier.RED, then=Value(0)),
    When(tier=Alert.Tier.AMBER, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def open_alerts() -> QuerySet[Alert]:
    """Open alerts in scope: the loudest first, the hospital's before a department's, the oldest first."""
    return Alert.objects.filter(closed_at=None).order_by(LOUDEST_FIRST, "-misses_in_row", "opened_at", "pk")


def open_alert(*, indicator_id: str, place: Place) -> Alert | None:
    rule = restriction()
    if rule is not None and rule.covers(indicator_id):
        return None  # its sentence holds numbers; the page shows the figures that may be seen
    rows = Alert.objects.filter(indicator_id=indicator_id, department_id=place, closed_at=None)
    return rows.select_related("answered_by").first()
