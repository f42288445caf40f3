"""What this part of the function registers with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.packstore import kinds
    from zhikong.hospital.functions.incidents import (
        case_parts_handling,
        guards_handling,
        neutral,
        parts_analysis,
    )
    from zhikong.hospital.functions.incidents import jobs_analysis as jobs  # noqa: F401  the worker finds its jobs
    from zhikong.hospital.functions.incidents import rules_analysis_packs as packs
    from zhikong.hospital.functions.incidents.actions.analysis import measuring
    from zhikong.hospital.functions.incidents.queries.analysis import closing_sentences

    for code, folder, title, parse in (
        (packs.FACTORS, "contributory_factors", _("促成因素"), packs.parse_factors),
        (packs.HIERARCHY, "action_hierarchies", _("措施强度分级"), packs.parse_hierarchy),
        (packs.POLICY, "incident_analysis", _("不良事件分析的要求"), packs.parse_policy),
    ):
        kinds.register(
            kinds.Kind(code=code, folder=folder, title=title, parse=parse, title_of=lambda one: str(one.id))
        )
    guards_handling.register("analysis", closing_sentences)
    # measures of analyses first; those of handling answer for themselves behind them
    neutral.register_findings(address=measuring.address, obstacles=measuring.obstacles)
    case_parts_handling.register(30, parts_analysis.on_case, "analysis")
