"""What the risk register registers with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.packstore import kinds
    from zhikong.foundation.tasks import sources
    from zhikong.hospital.functions.risks import jobs  # noqa: F401  the worker finds its jobs
    from zhikong.hospital.functions.risks.actions.register.writing import CONTROL_SOURCE, SOURCE
    from zhikong.hospital.functions.risks.queries.register.scale import CODE
    from zhikong.hospital.functions.risks.rules_scale import parse

    kinds.register(
        kinds.Kind(
            code=CODE,
            folder="risk_scales",
            title=_("风险矩阵"),
            parse=parse,
            title_of=lambda scale: scale.title,
        )
    )
    sources.register(sources.Source(SOURCE, _("风险复评"), extend=False))
    sources.register(sources.Source(CONTROL_SOURCE, _("风险控制措施"), extend=False))
