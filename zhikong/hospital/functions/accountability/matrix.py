"""Who opens which page of accountability (default deny)."""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission as P

ROW = "立案后的当事人本人；决定和保管的人"
PAGES = {
    "accountability:files": Page(needs(P.OPEN_ACCOUNTABILITY, P.KEEP_ACCOUNTABILITY)),
    "accountability:new": Page(needs(P.KEEP_ACCOUNTABILITY)),
    "accountability:mine": Page(needs(), "只有自己的"),
    "accountability:file": Page(needs(), ROW),
    "accountability:act": Page(needs(), f"{ROW}；每一步自己判断权限"),
}
