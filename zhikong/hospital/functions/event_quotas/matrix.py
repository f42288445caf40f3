"""Who opens which page of event_quotas (default deny)."""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission as P

LOOK = needs(P.PLAN_EVENT_QUOTAS, P.APPROVE_EVENT_QUOTAS)
PAGES = {
    "event_quotas:index": Page(LOOK),
    "event_quotas:plan": Page(LOOK, "拟订由医务科"),
    "event_quotas:act": Page(LOOK, "批准和结算的批准由另一人"),
    "event_quotas:switch": Page(needs(P.APPROVE_EVENT_QUOTAS), "启用和停用由院领导"),
    "event_quotas:sheet": Page(LOOK),
}
