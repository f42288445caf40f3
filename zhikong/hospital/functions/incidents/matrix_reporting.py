"""Who may open the pages of reporting (default deny)."""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission as P

PAGES = {
    "incidents:report": Page(needs(), "谁都可以报告"),
    "incidents:suggest": Page(needs(), "谁都可以报告"),
    "incidents:mine": Page(needs(), "只列出用这个账号报告的"),
    "incidents:own": Page(needs(), "只有报告人自己"),
    "incidents:own_add": Page(needs(), "只有报告人自己"),
    "incidents:own_photo": Page(needs(), "只有报告人自己"),
    "incidents:draft_drop": Page(needs(), "只有写草稿的人自己"),
    "incidents:typed": Page(needs(), "事发科室的分析岗位、办理部门和报告人自己"),
    "incidents:reporter": Page(
        needs(P.SEE_REPORTER, P.HANDLE_INCIDENTS), "实名：办理部门；保密：质控科；每看一次都有记录"
    ),
    "incidents:labels": Page(needs(), "任何科室都可以打印自己的二维码"),
    "incidents:labels_pdf": Page(needs(), "任何科室都可以打印自己的二维码"),
    "incidents:adr": Page(needs(P.HANDLE_INCIDENTS)),
    "incidents:adr_export": Page(needs(P.HANDLE_INCIDENTS)),
}

FIELDS = {("incidents.ReporterIdentity", "sealed"): (P.SEE_REPORTER, P.HANDLE_INCIDENTS)}
