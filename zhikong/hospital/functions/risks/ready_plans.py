"""What emergency plans register with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.findings import sources as findings
    from zhikong.foundation.packstore import kinds
    from zhikong.foundation.tasks import sources
    from zhikong.hospital.functions.risks.actions.plans.drilling import SOURCE
    from zhikong.hospital.functions.risks.queries.plans.plans import CODE
    from zhikong.hospital.functions.risks.queries.plans.sources import describe
    from zhikong.hospital.functions.risks.rules_plans import parse

    kinds.register(
        kinds.Kind(
            code=CODE,
            folder="emergency_plans",
            title=_("应急预案"),
            parse=parse,
            title_of=lambda plan: plan.title,
        )
    )
    sources.register(sources.Source(SOURCE, _("应急演练"), extend=False))
    findings.register("drill", describe)
