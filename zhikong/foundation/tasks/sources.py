"""Where tasks come from, in words; and what may be done to them on the page of tasks itself.

Most tasks are finished by the step that they stand for, and their date belongs to the thing itself: ticking or
extending them here would say something else than the thing. An app registers its source in ``ready``.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhikong.foundation import opaque

MANUAL = "manual"


@dataclass(frozen=True)
class Source:
    """One kind of origin. tick: the owner may mark it done here. extend: its date may be moved here.

    wordless: what people write when they hand it on or press for it is not kept, for it would lie outside its room.
    """

    kind: str
    title: Any
    tick: bool = False
    extend: bool = True
    wordless: bool = False


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Make a source known; registering the same twice is harmless."""
    if _sources.get(source.kind, source) != source:
        raise ValueError(f"Two sources of tasks are called {source.kind!r}.")
    _sources[source.kind] = source


def source(kind: str) -> Source:
    """The source of this kind; one that nobody registered goes by its own name."""
    return _sources.get(kind) or Source(kind, kind)


for _source in (
    Source(MANUAL, _("人工布置"), tick=True),
    Source("finding", _("问题整改"), extend=False),
    Source(opaque.KIND, _("不良事件"), extend=False, wordless=True),
    Source("finding_measure", _("整改措施"), extend=False),
    Source("referral", _("委员会决议"), tick=True),
    Source("flow_case", _("流程办理"), extend=False),
    Source("duty", _("常规工作"), extend=False),
    Source("figure_sheet", _("填报"), extend=False),
    Source("sheet", _("表单"), extend=False),
    Source("packstore", _("标准与表单审核")),
    Source("definition_review", _("口径复审")),
):
    register(_source)
