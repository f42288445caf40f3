"""Staff numbers of a chart as names."""

from __future__ import annotations

from collections.abc import Iterable

from zhikong.foundation.facts.charts import Chart
from zhikong.foundation.organisation.models import Person


def named(chart: Chart | None) -> dict[str, str]:
    """Staff number -> name, for authors and cosigners of a chart."""
    if chart is None:
        return {}
    codes = {code for one in chart.documents for code in (one.author, one.cosigned_by) if code}
    return names_of(codes)


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Staff number -> name; a number that nobody in the register has is absent."""
    return dict(Person.objects.filter(staff_number__in=set(codes)).values_list("staff_number", "name"))
