"""Code systems in the pack store."""

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.packstore import kinds
from zhikong.foundation.terminology.definition import parse

CODE = "code_system"
STARTER = """\
id: {id}
version: 1
title: {zh: 编码表的名称}
purpose: 一句话：它给什么编码、谁用
edition: 本院 2026 年版
source: {document: 本院编码表, mark: verified}
owner: record_reviewer
checker: quality_office
next_review: 2027-12-31
covers: [results.item]
complete: false
codes:
  - ['K', 血钾]
"""


def register() -> None:
    """Make code systems known to the pack store."""
    kinds.register(
        kinds.Kind(
            code=CODE,
            folder="code_systems",
            title=_("编码表"),
            parse=parse,
            title_of=lambda system: system.title,
            starter=STARTER,
        )
    )
