"""What reviews announce."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.outbox.registry import Fact, fact


@fact("record_reviews.review_finished", _("一份病历评审完成"))
@dataclass(frozen=True)
class ReviewFinished(Fact):
    """A review was finished and scored. sample: key of the sample it was drawn in, or ''."""

    assignment_id: int
    stay_id: str
    stage: str
    sample: str
    department_id: int


@fact("record_reviews.appeal_decided", _("评分申诉有了结论"))
@dataclass(frozen=True)
class ReviewAppealDecided(Fact):
    """outcome: upheld or corrected; rule is '' for what a person marked."""

    appeal_id: int
    stay_id: str
    rule: str
    outcome: str
    department_id: int
