"""What briefs announce."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.outbox.registry import Fact, fact


@fact("brief_published", _("医疗质量简报已发布"))
@dataclass(frozen=True)
class BriefPublished(Fact):
    """month: 2026-11."""

    month: str
