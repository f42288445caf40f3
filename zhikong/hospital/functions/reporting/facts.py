"""What reporting announces."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.outbox.registry import Fact, fact


@fact("figures_accepted", _("科室填报已审核接收"))
@dataclass(frozen=True)
class FiguresAccepted(Fact):
    """A department's figures of a month were accepted (or corrected and accepted again)."""

    sheet_id: int
    set_id: str
    department_id: int
    month: str
    version: int
