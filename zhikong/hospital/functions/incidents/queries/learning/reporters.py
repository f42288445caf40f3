"""From which departments reports come: counts of five and more, for those who may know reporters; the look is logged."""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.audit.actions import log_read
from zhikong.hospital.functions.incidents.models.reporting import ReporterIdentity
from zhikong.hospital.functions.incidents.queries.reporting import envelopes
from zhikong.hospital.functions.incidents.rules_learning import SMALLEST


def by_department(*, by, first: date, last: date) -> list[tuple[str, int]]:
    """(department of the reporter, reports) of the period, the most first; departments with fewer than five reports
    stand together, and are left out while all of them have fewer than five. Anonymous reports have no reporter.

    Nobody's name leaves this function, and no case: only sums. Raises PermissionDenied without SEE_REPORTER.
    """
    require(by, Permission.SEE_REPORTER, whole_hospital=True)
    rows = list(ReporterIdentity.objects.filter(incident__reported_at__date__range=(first, last)))
    told = (str(envelopes.opened(row, envelopes.IDENTITY).get("department", "")) for row in rows)
    counts = Counter(words.split("、")[0] or _("没有写科室") for words in told)
    log_read(
        by=by,
        subject="incidents.reporters",
        purpose=_("按科室统计报告人（只看 5 件及以上）"),
        count=len(rows),
    )
    shown = [(name, count) for name, count in counts.most_common() if count >= SMALLEST]
    rest = sum(counts.values()) - sum(count for _name, count in shown)
    return [*shown, *([(_("其余科室合计"), rest)] if rest >= SMALLEST else [])]
