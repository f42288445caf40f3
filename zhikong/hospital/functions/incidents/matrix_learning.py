"""Who may open the pages of learning."""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission as P

LEARN, RELEASE = needs(P.LEARN_FROM_INCIDENTS), needs(P.PUBLISH_LESSONS)
REVIEW = needs(P.ANALYSE_INCIDENTS, P.HANDLE_INCIDENTS)
PAGES = {
    "incidents:learning": Page(LEARN, "合计；不是本科室的不显示 1 到 4 例"),
    "incidents:learning_control": Page(LEARN, "只画给能打开这些事件的人"),
    "incidents:learning_pareto": Page(LEARN),
    "incidents:learning_cases": Page(LEARN, "只列本人能打开的事件"),
    "incidents:learning_export": Page(LEARN),
    "incidents:learning_report": Page(LEARN),
    "incidents:learning_culture": Page(LEARN, "报告人的科室合计另需查看报告人的权限"),
    "incidents:learning_clusters": Page(LEARN, "只列本人能打开的科室"),
    "incidents:learning_scan": Page(needs(P.HANDLE_INCIDENTS), "全院的受理部门"),
    "incidents:learning_triggers": Page(REVIEW, "只含本人可以复核的科室"),
    "incidents:learning_trigger": Page(REVIEW),
    "incidents:learning_judge": Page(REVIEW),
    "incidents:changes": Page(note="只有公开的两句话"),
    "incidents:changes_of": Page(note="只有公开的两句话"),
    "incidents:changes_poster": Page(note="只有公开的两句话"),
    "incidents:change_new": Page(RELEASE),
    "incidents:change_withdraw": Page(RELEASE),
}
