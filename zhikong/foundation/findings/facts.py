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


@fact("finding_merged", _("问题已合并"))
@dataclass(frozen=True)
class FindingMerged(Fact):
    finding_id: int
    into_id: int


@fact("matter_referred", _("事项已提交委员会"))
@dataclass(frozen=True)
class MatterReferred(Fact):
    """Any matter, a finding or what another app registered in ``referring``, was put before a committee."""

    referral_id: int
    source_kind: str


@fact("committee_decided", _("委员会已作出决议"))
@dataclass(frozen=True)
class CommitteeDecided(Fact):
    referral_id: int
    source_kind: str
