"""What this part of the function registers with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.packstore import kinds
    from zhikong.hospital.functions.incidents import rules_analysis_packs as packs

    for code, folder, title, parse in (
        (packs.FACTORS, "contributory_factors", _("促成因素"), packs.parse_factors),
        (packs.HIERARCHY, "action_hierarchies", _("措施强度分级"), packs.parse_hierarchy),
        (packs.POLICY, "incident_analysis", _("不良事件分析的要求"), packs.parse_policy),
    ):
        kinds.register(
            kinds.Kind(code=code, folder=folder, title=title, parse=parse, title_of=lambda one: str(one.id))
        )
