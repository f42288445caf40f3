"""What this overview registers with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _


def ready() -> None:
    """Tasks that a roll-over hands out are ticked off by their owner."""
    from zhikong.foundation.tasks import sources

    sources.register(sources.Source("years", _("年度结转"), tick=True))
