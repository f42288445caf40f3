"""What this function registers with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.findings import sources as findings
    from zhikong.foundation.packstore import kinds
    from zhikong.foundation.tasks import sources
    from zhikong.hospital.functions.accreditation import queries, rules

    kinds.register(
        kinds.Kind(
            code=rules.CODE,
            folder=rules.FOLDER,
            title=_("等级评审标准"),
            parse=rules.parse,
            title_of=lambda standard: standard.title,
        )
    )
    sources.register(sources.Source("accreditation", _("等级评审"), extend=False))

    def described(key: str, department_id: int | None = None) -> findings.Source | None:
        found = queries.clause(int(key)) if key.isdigit() else None
        return found and findings.Source(title=found.title, label=str(found), url=found.get_absolute_url())

    findings.register("accreditation", described)
