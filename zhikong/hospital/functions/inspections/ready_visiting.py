"""What this part of the function registers with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.files import guards
    from zhikong.foundation.notices import kinds
    from zhikong.foundation.tasks import sources
    from zhikong.hospital.functions.inspections import jobs_visiting  # noqa: F401  the worker finds its jobs
    from zhikong.hospital.functions.inspections.actions.visiting.exchanging import COMMENT_TASK
    from zhikong.hospital.functions.inspections.queries.visiting import media

    for purpose in (media.PURPOSE, media.VOICE):
        guards.register(purpose, media.may_open)
    kinds.register(kinds.NoticeKind(COMMENT_TASK, _("检查意见交换"), _("检查意见交换有新消息")))
    sources.register(sources.Source(COMMENT_TASK, _("检查意见交换"), tick=False, extend=False))
