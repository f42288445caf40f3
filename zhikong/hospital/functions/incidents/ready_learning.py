"""What learning from incidents registers with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.packstore import kinds
    from zhikong.hospital.functions.incidents import case_parts_handling, parts_learning
    from zhikong.hospital.functions.incidents.rules_learning_triggers import CODE, example_problems, parse

    kinds.register(
        kinds.Kind(
            code=CODE,
            folder="harm_triggers",
            title=_("伤害触发条件"),
            parse=parse,
            title_of=lambda trigger: trigger.title,
            examples=example_problems,
        )
    )
    case_parts_handling.register(90, parts_learning.change)
