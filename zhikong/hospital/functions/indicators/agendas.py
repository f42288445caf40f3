"""Indicators off their target, for the agendas of committees."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.organisation.agendas import Offered
from zhikong.foundation.packstore import queries as packstore
from zhikong.hospital.functions.indicators.models import Alert


def off_target(on: date) -> Iterator[Offered]:
    """Open alerts of the whole hospital because a target was missed, those that were missed longest first."""
    rows = Alert.objects.filter(closed_at=None, department=None, basis=Alert.Basis.TARGET)
    named = {one.id: one.title for one in packstore.resolve_all("indicator", on=on)}
    for one in rows.order_by("-misses_in_row", "indicator_id"):
        title = _("%(name)s未达标") % {"name": named.get(one.indicator_id, one.indicator_id)}
        url = f"{reverse('indicators:detail', args=[one.indicator_id])}?month={one.last_month}"
        yield Offered(f"{one.indicator_id}:{one.first_month}", title, one.sentence, url)
