"""Who opens which page of analysis: the permission matrix's rows of this part.

Pages of one analysis, measure or key patient are let through by their rows: to a team, whatever its roles; everybody else
finds no such page.
"""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission

LEADERS = needs(Permission.ANALYSE_INCIDENTS, Permission.HANDLE_INCIDENTS)
LEARNERS = needs(Permission.LEARN_FROM_INCIDENTS)
TEAM = "团队成员，不论科室；行级规则决定"

PAGES = {
    "incidents:analyses": Page(LEADERS, "本科室的负责人和受理部门"),
    "incidents:analysis_new": Page(LEADERS, "能看到这件事的人"),
    "incidents:analysis_light": Page(LEADERS, "能看到这件事的人"),
    "incidents:analysis_merge": Page(LEADERS, "能看到的事件之中"),
    "incidents:analysis": Page(needs(), TEAM),
    "incidents:analysis_tab": Page(needs(), TEAM),
    "incidents:analysis_act": Page(needs(), TEAM),
    "incidents:analysis_report": Page(needs(), TEAM),
    "incidents:analysis_a3": Page(needs(), TEAM),
    "incidents:measure": Page(needs(), "负责岗位只看到这一条措施"),
    "incidents:measure_act": Page(needs(), "负责岗位落实，别人判断效果"),
    "incidents:lessons": Page(LEARNERS, "全院可读"),
    "incidents:lesson": Page(LEARNERS, "未发布的只有起草人和发布部门"),
    "incidents:lesson_new": Page(needs(Permission.ANALYSE_INCIDENTS, Permission.PUBLISH_LESSONS)),
    "incidents:lesson_edit": Page(
        needs(Permission.ANALYSE_INCIDENTS, Permission.PUBLISH_LESSONS), "起草人和发布部门"
    ),
    "incidents:lesson_act": Page(LEARNERS, "起草人不能自己发布"),
    "incidents:alerts": Page(LEARNERS, "全院可读"),
    "incidents:alert": Page(LEARNERS, "未发布的只有发布部门"),
    "incidents:alert_new": Page(needs(Permission.PUBLISH_LESSONS)),
    "incidents:alert_edit": Page(needs(Permission.PUBLISH_LESSONS)),
    "incidents:alert_act": Page(LEARNERS, "人人可点已读，其余由发布部门"),
    "incidents:key_patients": Page(LEARNERS, "本科室的，或受理部门"),
    "incidents:key_patient": Page(LEARNERS, "本科室的、被请来查房的人和受理部门"),
    "incidents:key_patient_new": Page(LEARNERS, "在科室工作的人"),
    "incidents:key_patient_act": Page(LEARNERS, "安排由受理部门"),
    "incidents:defects": Page(LEARNERS, "科室自己的本子，职能部门看不到内容"),
    "incidents:defect_new": Page(LEARNERS, "在科室工作的人；职能部门被请回列表"),
    "incidents:defect_review": Page(needs(Permission.ANALYSE_INCIDENTS)),
    "incidents:defect_settle": Page(needs(Permission.ANALYSE_INCIDENTS)),
}

FIELDS = {
    ("incidents.CasePersonIdentity", "sealed"): (Permission.HANDLE_INCIDENTS,),
}
