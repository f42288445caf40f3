"""Which permission opens which page of handling; the matrix of the hospital is made from it and tested."""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission as P

LISTS = needs(P.HANDLE_INCIDENTS, P.ANALYSE_INCIDENTS)
CASE = "只有看得到这一件的人：受理部门、发生科室的负责人、被请来调查或被警报叫到的人；别人得到“没有这个页面”"
PAGES = {
    "incidents:inbox": Page(
        LISTS, "受理部门看自己的类别，质控科和医务科看全部，科主任、护士长、质控员看本科室"
    ),
    "incidents:clocks": Page(LISTS, "范围同办理列表"),
    "incidents:accept_many": Page(LISTS, "只有受理部门能受理"),
    "incidents:export": Page(needs(P.HANDLE_INCIDENTS), "范围同办理列表，没有报告人"),
    "incidents:layout": Page(needs(P.HANDLE_INCIDENTS)),
    "incidents:case": Page(needs(), CASE),
    "incidents:case_act": Page(needs(), CASE),
    "incidents:case_photo": Page(needs(), CASE),
    "incidents:case_proof": Page(needs(), CASE),
    "incidents:case_measure": Page(needs(), CASE),
}
