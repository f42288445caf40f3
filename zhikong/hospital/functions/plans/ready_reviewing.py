"""What this part of the function registers with the foundation when the site starts."""


def ready() -> None:
    """Called once, when all apps are loaded."""
    from django.utils.translation import gettext_lazy as _

    from zhikong.foundation.packstore import kinds
    from zhikong.reading import words

    kinds.register(
        kinds.Kind(
            code=words.CODE,
            folder=words.FOLDER,
            title=_("工作计划用词"),
            parse=words.parse,
            title_of=lambda one: one.title,
        )
    )
