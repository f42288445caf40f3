"""Who opens which page of coverage (default deny)."""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission as P

ROWS = "科室人员只看到本科室的证据"
PAGES = {
    "plans:coverage": Page(needs(P.VIEW_PLANS), ROWS),
    "plans:coverage_report": Page(needs(P.VIEW_PLANS), ROWS),
    "plans:coverage_sentence": Page(needs(P.VIEW_PLANS), ROWS),
}
