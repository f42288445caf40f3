"""What the linked indicator says of a project: months before and after, judged by its owner's control chart."""

from __future__ import annotations

from datetime import datetime, time
from types import SimpleNamespace

from django.utils import timezone

from zhikong.foundation.findings import effects
from zhikong.foundation.findings.effects import Effect
from zhikong.hospital.functions.improvements.models.projects import Project


def indicator_effect(project: Project) -> Effect | None:
    """Before the first measure was finished and after; None without an indicator or before anything was done.

    The provider of findings reads the numbers, so that one rule judges both (CAP-08).
    """
    turned = (
        project.measures.exclude(done_to=None).order_by("done_to").values_list("done_to", flat=True).first()
    )
    if not project.indicator_id or turned is None:
        return None
    moment = timezone.make_aware(datetime.combine(turned, time(12)))
    asked = SimpleNamespace(
        indicator_id=project.indicator_id,
        department_id=project.department_id,
        corrected_at=moment,
        raised_at=moment,
        source_kind="indicator",
    )
    return effects.effect_of(asked, now=timezone.now())
