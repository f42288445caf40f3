"""Who opens which page of the organisation (default deny)."""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission as P

EDIT = needs(P.MANAGE_ORGANISATION)
PAGES = {
    "organisation:list": Page(needs(), "看，不改"),
    "organisation:department": Page(needs(), "看，不改"),
    "organisation:open": Page(EDIT),
    "organisation:change": Page(EDIT),
    "organisation:merge": Page(EDIT),
    "organisation:alias": Page(EDIT),
    "organisation:remove_alias": Page(EDIT),
    "organisation:open_group": Page(EDIT),
    "organisation:appoint": Page(EDIT),
    "organisation:open_committee": Page(EDIT),
    "organisation:change_body": Page(EDIT),
    "organisation:members": Page(EDIT),
    "organisation:end": Page(EDIT),
    "organisation:imports": Page(EDIT),
    "organisation:import_one": Page(EDIT),
    "organisation:import_template": Page(EDIT),
    "organisation:import_roles": Page(needs(P.MANAGE_ACCOUNTS), "系统管理员与审计员不由此授予"),
}
