"""Days on which a hospital departs from the announced calendar."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection


class CalendarDay(Protected):
    """A day that the hospital has set itself: working or not, whatever the announced table says."""

    day = models.DateField(_("日期"))
    working = models.BooleanField(_("工作日"))
    note = models.CharField(_("说明"), max_length=80)

    protection = Protection(performance=True)

    class Meta:
        verbose_name = _("日历调整")
        constraints = [models.UniqueConstraint(fields=["institution", "day"], name="calendar_day_once")]


class CalendarYear(Protected):
    """What due dates were computed with: whether the year's table was announced then."""

    year = models.PositiveSmallIntegerField(_("年份"))
    provisional = models.BooleanField(_("暂定"))

    class Meta:
        verbose_name = _("日历年度")
        constraints = [models.UniqueConstraint(fields=["institution", "year"], name="calendar_year_once")]
