"""Who opens which page of the wizard (default deny)."""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission as P

HOUSE = needs(P.MANAGE_ORGANISATION, P.MANAGE_ACCOUNTS)
PAGES = {
    "starting:index": Page(HOUSE),
    "starting:card": Page(HOUSE),
    "starting:mark": Page(HOUSE),
    "starting:targets": Page(needs(P.MANAGE_TARGETS)),
    "starting:targets_template": Page(needs(P.MANAGE_TARGETS)),
    "starting:history": Page(needs(P.MANAGE_DATA)),
    "starting:month": Page(HOUSE),
    "starting:first_month": Page(needs(P.EDIT_BRIEF), "首月由质控科生成"),
}
