"""Which page of disputes and sealings opens to whom; the test of the matrix asks each page as every role."""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission as P

OFFICE = needs(P.HANDLE_DISPUTES)
CASE = needs(P.HANDLE_DISPUTES, P.ANSWER_COMPLAINTS)
PAGES = {
    "complaints:disputes": Page(CASE, "科室负责人只看到本科室的"),
    "complaints:dispute_calendar": Page(CASE, "科室负责人只看到本科室的"),
    "complaints:dispute_new": Page(OFFICE),
    "complaints:dispute_from_complaint": Page(OFFICE),
    "complaints:dispute_figures": Page(CASE, "科室负责人只看到本科室的"),
    "complaints:dispute_workbook": Page(CASE, "科室负责人只看到本科室的"),
    "complaints:dispute_report": Page(CASE, "科室负责人只看到本科室的"),
    "complaints:dispute_statement": Page(needs(), "只有当事人本人、承办部门和科主任"),
    "complaints:dispute_statement_act": Page(needs(), "只有承办部门；自我分析也可由科主任认可"),
    "complaints:dispute": Page(CASE, "科室负责人只看到本科室的"),
    "complaints:dispute_discussion": Page(CASE, "动作里要求科室负责人"),
    "complaints:dispute_contact": Page(CASE, "视图里要求承办部门，查看留痕"),
    "complaints:dispute_file": Page(OFFICE),
    "complaints:dispute_pdf": Page(OFFICE),
    "complaints:dispute_autopsy_notice": Page(OFFICE),
    "complaints:dispute_act": Page(OFFICE),
    "complaints:dispute_part": Page(OFFICE),
    "complaints:sealings": Page(CASE, "科室负责人只看到本科室的"),
    "complaints:sealing_new": Page(OFFICE),
    "complaints:sealing": Page(CASE, "科室负责人只看到本科室的"),
    "complaints:sealing_sheet": Page(CASE, "科室负责人只看到本科室的"),
    "complaints:sealing_pdf": Page(CASE, "科室负责人只看到本科室的"),
    "complaints:sealing_act": Page(OFFICE),
}
FIELDS = {("complaints.DisputeParty", "contact"): (P.HANDLE_DISPUTES,)}
