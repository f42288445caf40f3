"""Who opens which page of accreditation (default deny)."""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission as P

BOTH = needs(P.KEEP_ACCREDITATION, P.RATE_ACCREDITATION)
PAGES = {
    "accreditation:list": Page(BOTH),
    "accreditation:review": Page(BOTH),
    "accreditation:export": Page(BOTH),
    "accreditation:clause": Page(BOTH, "每一步自己判断权限"),
    "accreditation:link": Page(BOTH, "每一步自己判断权限"),
    "accreditation:unlink": Page(BOTH, "每一步自己判断权限"),
    "accreditation:survey": Page(BOTH, "登记由评审办公室"),
}
