"""What findings announce."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.outbox.registry import Fact, fact


@fact("finding_raised", _("提出了问题"))
@dataclass(frozen=True)
class FindingRaised(Fact):
    finding_id: int
    indicator_id: str
    month: str


@fact("finding_closed", _("问题已关闭"))
@dataclass(frozen=True)
class FindingClosed(Fact):
    finding_id: int
    overridden: bool


@fact("finding_reopened", _("问题重新打开"))
@dataclass(frozen=True)
class FindingReopened(Fact):
    finding_id: int
