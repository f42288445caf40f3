"""What disputes and sealings register with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.packstore import kinds
    from zhikong.hospital.functions.complaints.queries.disputes.rules import CODE
    from zhikong.hospital.functions.complaints.rules_disputes import parse

    kinds.register(
        kinds.Kind(
            code=CODE,
            folder="dispute_rules",
            title=_("医疗纠纷的处理规则"),
            parse=parse,
            title_of=lambda rules: rules.title,
        )
    )
