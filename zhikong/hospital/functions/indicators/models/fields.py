"""Fields that the indicator tables share."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.indicators.months import MONTH

month_format = RegexValidator(MONTH, _("月份应写作 2026-10 这样的形式。"))


def month_field(**options) -> models.CharField:
    return models.CharField(_("月份"), max_length=7, validators=[month_format], **options)


def department_field() -> models.ForeignKey:
    """Empty means the whole hospital; such rows are visible to hospital-wide scopes only."""
    return models.ForeignKey(
        "organisation.Department",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("科室"),
    )


def person_field(label: str, **options) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=label, **options
    )
