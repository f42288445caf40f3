"""Who opens which page of policies (default deny)."""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission as P

SEEN = "未发布的只给维护和批准的人看"
KEPT = "专科的由科室维护，全院的由职能部门维护；每一步自己判断权限"
PAGES = {
    "policies:list": Page(needs(), SEEN),
    "policies:policy": Page(needs(), SEEN),
    "policies:version": Page(needs(), SEEN),
    "policies:clause": Page(needs(), SEEN),
    "policies:compare": Page(needs(), SEEN),
    "policies:paper": Page(needs(), SEEN),
    "policies:confirm": Page(needs(), "现行的版本，本人的回执"),
    "policies:coverage": Page(needs()),
    "policies:public": Page(needs()),
    "policies:new": Page(needs(P.KEEP_POLICIES)),
    "policies:edit": Page(needs(P.KEEP_POLICIES), KEPT),
    "policies:act": Page(needs(P.KEEP_POLICIES, P.APPROVE_POLICIES), KEPT),
    "policies:publish": Page(needs(P.KEEP_POLICIES), KEPT),
    "policies:diseases": Page(needs(P.KEEP_POLICIES), KEPT),
    "policies:link": Page(needs(P.KEEP_POLICIES)),
}
