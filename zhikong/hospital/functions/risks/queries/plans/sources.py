"""How a drill describes itself to the form that raises a finding."""

from __future__ import annotations

from django.urls import reverse

from zhikong.foundation.findings.sources import Source
from zhikong.hospital.functions.risks.queries.plans.plans import drill


def describe(key: str, department_id: int | None) -> Source | None:
    """The facts of a drill whose problems become a finding; None when it is out of sight."""
    found = drill(int(key)) if key.isdigit() else None
    if found is None:
        return None
    where = found.department_name or "全院"
    late = found.in_time is False
    lines = [f"{found.plan_title}演练（{where}，{found.held_on or found.planned_on}）发现：", found.problems]
    if late:
        lines.append(f"用时 {found.minutes} 分钟，超过要求的 {found.aim_minutes} 分钟。")
    return Source(
        title=f"{found.plan_title}演练{'超时' if late else '发现问题'}"[:120],
        detail="\n".join(line for line in lines if line),
        label=f"{found.plan_title}演练 {found.planned_on}",
        url=reverse("risks:drill", args=[found.pk]),
        departments=(found.department_id,) if found.department_id else (),
    )
