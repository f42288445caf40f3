"""The offices of one field: they inspect, ask for correction and accept it (INS-06, INS-08, INS-28)."""

from zhikong.foundation.access.permissions import Permission as P
from zhikong.foundation.access.roles.base import Role

FUNCTIONAL = frozenset(
    {
        P.VIEW_DUTIES,
        P.VIEW_PLANS,
        P.KEEP_CAMPAIGNS,
        P.WORK_CAMPAIGNS,
        P.RATE_ACCREDITATION,
        P.KEEP_POLICIES,
        P.PROVE_DUTY,
        P.MANAGE_TASKS,
        P.VIEW_INDICATORS,
        P.VIEW_CASES,
        P.USE_FILES,
        P.RAISE_FINDING,
        P.ACCEPT_FINDING,
        P.VERIFY_FINDING,
        P.EXTEND_FINDING,
        P.EDIT_DEFINITIONS,
        P.REVIEW_DEFINITIONS,
        P.VIEW_INSPECTIONS,
        P.PLAN_INSPECTIONS,
        P.INSPECT,
        P.ISSUE_INSPECTION_NOTICES,
        P.REFER_TO_COMMITTEE,
        P.RECORD_DECISIONS,
        P.VIEW_IMPROVEMENTS,
        P.RUN_IMPROVEMENTS,
        P.VIEW_RISKS,
        P.MANAGE_RISKS,
        P.MANAGE_EMERGENCY_PLANS,
        P.HANDLE_INCIDENTS,
        P.LEARN_FROM_INCIDENTS,
        P.PUBLISH_LESSONS,
    }
)
"""What an office needs that looks, asks for correction and accepts it in its own field (INS-08, CAP-01)."""


class InfectionControl(Role):
    code = "infection_control"
    title = "院感科"
    duty = "管理医院感染：重点部门检查、手卫生、医疗废物、整改受理"
    hospital_wide = True
    permissions = FUNCTIONAL


class Pharmacy(Role):
    code = "pharmacy"
    title = "药学部"
    duty = "管理药品质量：储存检查、急救药品、合理用药、整改受理"
    hospital_wide = True
    permissions = FUNCTIONAL


class Equipment(Role):
    code = "equipment"
    title = "医学装备科"
    duty = "管理医疗设备与后勤安全：巡检、放射防护、消防与治安检查、整改受理"
    hospital_wide = True
    permissions = FUNCTIONAL
