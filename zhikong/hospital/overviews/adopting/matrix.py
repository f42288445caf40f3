"""Who opens which page of adopting (default deny)."""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission as P

PAGES = {
    "adopting:list": Page(needs(P.VIEW_PLANS)),
    "adopting:preview": Page(needs(P.ADOPT_PLANS)),
    "adopting:adoption": Page(needs(P.VIEW_PLANS)),
    "adopting:undo": Page(needs(P.ADOPT_PLANS)),
}
