"""What this function registers with the foundation when the site starts."""

from datetime import date

from django.utils.translation import gettext_lazy as _


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.duties.dates import DateSource, register_dates
    from zhikong.foundation.tasks import sources
    from zhikong.hospital.functions.policies import jobs  # noqa: F401  the worker finds its jobs
    from zhikong.hospital.functions.policies.actions import READING_SOURCE, REVIEW_SOURCE

    sources.register(sources.Source(REVIEW_SOURCE, _("制度复审")))
    sources.register(sources.Source(READING_SOURCE, _("制度阅读"), extend=False))
    register_dates(DateSource("policy", _("制度复审"), _review_days, order=80))


def _review_days(start: date, end: date):
    """The days on which documents in force are due for their yearly review."""
    from django.urls import reverse

    from zhikong.foundation.duties.dates import Dated
    from zhikong.hospital.functions.policies.queries import due_for_review

    for one in due_for_review(on=end).filter(review_due_on__gte=start):
        yield Dated(
            one.review_due_on, f"复审：{one.policy.title}", reverse("policies:policy", args=[one.policy.code]), kind="policy",
            department_id=one.policy.department_id,
        )  # fmt: skip
