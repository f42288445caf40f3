"""Data-quality rules in the pack store: a hospital may publish thresholds and ranges of its own."""

from django.utils.translation import gettext_lazy as _

from zhikong.engine.quality import read_rulebook
from zhikong.foundation.packstore import kinds
from zhikong.hospital.functions.data_quality.library import CODE


def register() -> None:
    """Make the rules known to the pack store."""
    kinds.register(
        kinds.Kind(
            code=CODE,
            folder="quality",
            title=_("数据质量规则"),
            parse=read_rulebook,
            title_of=lambda rules: rules.name,
        )
    )
