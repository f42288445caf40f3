"""What this part of the function registers with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.packstore import kinds
    from zhikong.hospital.functions.incidents import (
        rules_handling_clockfile,
        rules_handling_levels,
        rules_handling_sac,
    )

    for code, folder, title, module in (
        ("incident_clocks", "incident_clocks", _("不良事件时限"), rules_handling_clockfile),
        ("incident_levels", "incident_levels", _("不良事件分级"), rules_handling_levels),
        ("sac_matrix", "sac_matrices", _("SAC 矩阵"), rules_handling_sac),
    ):
        kinds.register(
            kinds.Kind(
                code=code,
                folder=folder,
                title=title,
                parse=module.parse,
                title_of=lambda found: found.title,
                examples=module.examples,
            )
        )
