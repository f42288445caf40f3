"""Who opens which page of campaigns (default deny)."""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission as P

BOTH = needs(P.KEEP_CAMPAIGNS, P.WORK_CAMPAIGNS)
PAGES = {
    "campaigns:list": Page(BOTH),
    "campaigns:presets": Page(BOTH),
    "campaigns:campaign": Page(BOTH),
    "campaigns:paper": Page(BOTH),
    "campaigns:act": Page(BOTH, "每一步自己判断权限"),
    "campaigns:act_on": Page(BOTH, "每一步自己判断权限"),
}
