"""Which page of intake opens to whom; the test of the matrix asks each page as every role."""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission as P

HANDLE = needs(P.HANDLE_COMPLAINTS)
ANY = needs()
PAGES = {
    "complaints:desk": Page(ANY, "看得到的只是自己经手、本科室或全院范围内的投诉"),
    "complaints:new": Page(ANY, "首接负责制：谁接到投诉谁登记"),
    "complaints:complaint": Page(ANY, "逐件判断：经办、被投诉科室负责人、首接人；别人看不到"),
    "complaints:act": Page(ANY, "每一步自己判断权限"),
    "complaints:statement": Page(ANY, "只有当事人本人和投诉管理部门"),
    "complaints:answer_letter": Page(HANDLE),
    "complaints:figures": Page(
        needs(P.HANDLE_COMPLAINTS, P.HANDLE_DISPUTES, P.ANSWER_COMPLAINTS, P.ACCEPT_FINDING)
    ),
    "complaints:figures_workbook": Page(
        needs(P.HANDLE_COMPLAINTS, P.HANDLE_DISPUTES, P.ANSWER_COMPLAINTS, P.ACCEPT_FINDING)
    ),
    "complaints:points": Page(ANY, "海报本来就贴在墙上"),
    "complaints:poster": Page(ANY, "海报本来就贴在墙上"),
    "complaints:point_end": Page(HANDLE),
    "complaints:notice_pdf": Page(ANY, "公示"),
    "complaints:settings": Page(HANDLE),
    "complaints:adopt": Page(HANDLE),
    "voice:start": Page(nobody_without_login=False),
    "voice:place": Page(nobody_without_login=False),
    "voice:new": Page(nobody_without_login=False),
    "voice:follow": Page(nobody_without_login=False),
    "voice:notice": Page(nobody_without_login=False),
}
FIELDS = {
    ("complaints.Complainant", "sealed"): (P.HANDLE_COMPLAINTS, P.HANDLE_DISPUTES),
}
