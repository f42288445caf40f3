"""The same clause missed in the same department month after month asks for more than one more correction."""

from datetime import datetime

from zhikong.foundation.findings import policy, queries
from zhikong.foundation.findings.actions.steps import record, tell
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.rules import Act


def demand_pdca(finding: Finding, *, now: datetime) -> bool:
    """Say in the story and by a notice that an improvement project is due; False when the row is not long enough."""
    row, needed = queries.months_in_row(finding), policy.in_force().pdca_months
    if row < needed:
        return False
    what = finding.clause_text or finding.title
    text = f"“{what}”已连续 {row} 个月在{finding.department_name}被查到（规则：连续 {needed} 个月应立项持续改进），请登记改进项目。"
    record(finding, Act.DEMAND_PDCA, by=None, now=now, text=text)
    people = [finding.owner, finding.raised_by]
    tell(finding, by=None, now=now, title="同一问题连续出现，应立项改进", text=text, users=people)
    return True
