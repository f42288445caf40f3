"""What this function announces to others through the outbox."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.outbox.registry import Fact, fact


@fact("month_closed", _("月度已结账"))
@dataclass(frozen=True)
class MonthClosed(Fact):
    """A month was closed; its figures do not change any more."""

    month: str


@fact("month_revised", _("已结账月份有修订"))
@dataclass(frozen=True)
class MonthRevised(Fact):
    """A closed month comes out differently on later data. Until it is accepted the month shows what was published.

    Whoever settled something by the month's figures decides itself whether to look at it again: nothing is reopened.
    """

    month: str
    revision: int
    accepted: bool
