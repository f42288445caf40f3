"""What the pack store announces."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.outbox.registry import Fact, fact


@fact("packstore.version_published", _("内容库发布或撤回了一个版本"))
@dataclass(frozen=True)
class VersionPublished(Fact):
    """A hospital's version was published or withdrawn; from which day on, the version says."""

    version_id: int
    kind: str
    definition_id: str
