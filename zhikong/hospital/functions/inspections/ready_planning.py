"""What this part of the function registers with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.forms.permissions import filled_by_named
    from zhikong.foundation.notices import kinds as notice_kinds
    from zhikong.foundation.tasks import sources
    from zhikong.hospital.functions.inspections import facts_planning  # noqa: F401  stored facts find their class
    from zhikong.hospital.functions.inspections.queries.planning.visits import inspects_by_key
    from zhikong.hospital.functions.inspections.rules_planning import SOURCE

    sources.register(sources.Source(SOURCE, _("现场检查"), extend=False))
    notice_kinds.register(notice_kinds.NoticeKind("inspection", _("现场检查"), _("现场检查")))
    filled_by_named(SOURCE, inspects_by_key)
