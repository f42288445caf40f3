"""What this part of the function registers with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.outbox.registry import subscribe
    from zhikong.hospital.functions.incidents import facts, neutral, reactions_handling
    from zhikong.hospital.functions.incidents import jobs_handling as jobs  # noqa: F401  the worker finds its jobs
    from zhikong.hospital.functions.incidents.actions.handling import measures

    _kinds()
    subscribe(
        facts.IncidentReported, reactions_handling.reported, name="incidents.handling_receives",
        order_by="incident_id",
    )  # fmt: skip
    subscribe(facts.IncidentAddedTo, reactions_handling.added_to, name="incidents.handling_hears")
    neutral.register_findings(address=measures.address, obstacles=measures.obstacles)


def _kinds() -> None:
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
