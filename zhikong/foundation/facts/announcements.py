"""What the facts announce to the functions through the outbox."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.outbox.registry import Fact, fact


@fact("tables_published", _("新数据已发布"))
@dataclass(frozen=True)
class TablesPublished(Fact):
    """New facts can be read: results of an earlier data version are out of date for these months and tables."""

    publication: int
    data_version: str
    months: tuple[str, ...]
    tables: tuple[str, ...] = ()
