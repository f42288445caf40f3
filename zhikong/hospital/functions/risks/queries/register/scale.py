"""The risk matrix in force: the hospital's own version before the packaged one."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils import timezone

from zhikong.foundation.access.scope import once
from zhikong.foundation.packstore.queries import resolve
from zhikong.hospital.functions.risks.rules_scale import Level, Scale

CODE = "risk_scale"
MATRIX = "hospital_risk_matrix"


def scale() -> Scale:
    """The matrix in force today; raises ValidationError when a hospital has withdrawn it without another."""
    found = scale_or_none()
    if found is None:
        raise ValidationError("没有生效的风险矩阵。请在内容库里发布 hospital_risk_matrix，再登记风险。")
    return found


def scale_or_none() -> Scale | None:
    """The matrix in force today; None when there is none: what stands on it cannot be told."""
    return once("risks.scale", _in_force)


def _in_force() -> Scale | None:
    found = resolve(CODE, MATRIX, on=timezone.localdate())
    return None if found is None else found.obj


def level_of(risk) -> Level | None:
    """The level at which a risk stands today; None: nobody judged it yet."""
    return scale().level(*risk.now_at)
