"""Who opens which page of bringing in and checking plans (default deny)."""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission as P

PAGES = {
    "plans:list": Page(needs(P.VIEW_PLANS)),
    "plans:upload": Page(needs(P.ADOPT_PLANS)),
    "plans:review": Page(needs(P.VIEW_PLANS)),
    "plans:act": Page(needs(P.ADOPT_PLANS)),
    "plans:item": Page(needs(P.ADOPT_PLANS)),
}
