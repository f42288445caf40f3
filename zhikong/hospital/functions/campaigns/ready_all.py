"""What this function registers with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.access.permissions import Permission as P
    from zhikong.foundation.duties import dates
    from zhikong.foundation.packstore import kinds
    from zhikong.foundation.tasks import sources
    from zhikong.hospital.functions.campaigns import queries, rules

    kinds.register(
        kinds.Kind(
            code=rules.CODE,
            folder=rules.FOLDER,
            title=_("专项活动预设"),
            parse=rules.parse,
            title_of=lambda preset: preset.title,
        )
    )
    sources.register(sources.Source("campaign_item", _("专项活动"), extend=False))
    dates.register_dates(
        dates.DateSource(
            "campaign", _("专项活动"), queries.dates, order=20, opens=(P.KEEP_CAMPAIGNS, P.WORK_CAMPAIGNS)
        )
    )
