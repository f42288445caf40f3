"""Who opens which page of accounts and roles (default deny)."""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission as P

GIVES = needs(P.MANAGE_ACCOUNTS)
PAGES = {
    "access:own": Page(needs(), "自己的账号"),
    "access:accounts": Page(GIVES),
    "access:open": Page(GIVES),
    "access:account": Page(GIVES),
    "access:set_active": Page(GIVES),
    "access:reset_password": Page(GIVES),
    "access:first_passwords": Page(GIVES),
    "access:print_slips": Page(GIVES),
    "access:end_role": Page(GIVES),
}
