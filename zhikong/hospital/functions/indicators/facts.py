"""What this function announces to others through the outbox."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.outbox.registry import Fact, fact


@fact("month_closed", _("月度已结账"))
@dataclass(frozen=True)
class MonthClosed(Fact):
    """A month was closed; its figures do not change any more."""

    month: str
