"""What this part of the function registers with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _

STARTER = """\
id: {id}
version: 1
title: {zh: 类别名称}
group: care
order: 500
plain: 一句话：什么事算这一类
source: {document: 本院制度, clause: 第几条, mark: memory}
owner: quality_office
checker: medical_affairs
next_review: 2027-12-31
handled_by: quality_office
words: [报告里常写的词, 另一个词]
factors: [task, communication]
samples:
  - {said: 报告里常写的词出现在句子里, suggests: true}
  - {said: 与此无关的一句话, suggests: false}
"""


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.packstore import kinds
    from zhikong.hospital.functions.incidents import facts  # noqa: F401  makes the facts known to the outbox
    from zhikong.hospital.functions.incidents.queries.reporting.categories import CODE
    from zhikong.hospital.functions.incidents.rules_reporting_categories import parse

    kinds.register(
        kinds.Kind(
            code=CODE,
            folder="incident_categories",
            title=_("不良事件类别"),
            parse=parse,
            title_of=lambda category: category.title,
            starter=STARTER,
        )
    )
    _register_forms()
    _register_parts()


def _register_parts() -> None:
    """Sections that this part hangs on the page of a case."""
    from zhikong.hospital.functions.incidents import case_parts_handling as parts
    from zhikong.hospital.functions.incidents.views.reporting import sections

    parts.register(10, sections.typed_form, "reporting.typed")
    parts.register(90, sections.persons, "reporting.persons")


def _register_forms() -> None:
    """Typed forms speak the language of forms but are a kind of their own: nobody can open them as a sheet of the
    foundation, where an incident's words would lie in the open."""
    from zhikong.foundation.forms import examples
    from zhikong.foundation.forms.kind import fields, preview
    from zhikong.foundation.packstore import kinds
    from zhikong.hospital.functions.incidents.queries.reporting.typed import CODE
    from zhikong.hospital.functions.incidents.reading_reporting_forms import parse

    kinds.register(
        kinds.Kind(
            code=CODE,
            folder="incident_forms",
            title=_("不良事件专项表"),
            parse=parse,
            title_of=lambda form: form.title,
            preview=preview,
            fields=fields,
            examples=examples.problems,
        )
    )
