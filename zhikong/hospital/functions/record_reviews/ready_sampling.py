"""What this half of the function registers with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.access.permissions import Permission as P
    from zhikong.foundation.duties import dates
    from zhikong.foundation.flows.facts import CaseClosed
    from zhikong.foundation.outbox.registry import subscribe
    from zhikong.foundation.packstore import kinds
    from zhikong.foundation.tasks import sources
    from zhikong.hospital.functions.record_reviews import jobs_sampling  # noqa: F401  the worker finds its jobs
    from zhikong.hospital.functions.record_reviews.queries.sampling import themes
    from zhikong.hospital.functions.record_reviews.reactions_sampling import objection_closed
    from zhikong.hospital.functions.record_reviews.rules_themes import parse

    kinds.register(
        kinds.Kind(
            code=themes.CODE,
            folder="themes",
            title=_("每月检查主题"),
            parse=parse,
            title_of=lambda calendar: calendar.title,
        )
    )
    dates.register_dates(
        dates.DateSource("theme", _("每月检查主题"), themes.dates, order=10, opens=(P.VIEW_RECORD_CHECKS,))
    )
    sources.register(sources.Source("record_sample", _("病历抽查"), extend=False))
    subscribe(CaseClosed, objection_closed, name="record_reviews.objection_closed")
