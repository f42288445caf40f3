"""Those who work in a department."""

from zhikong.foundation.access.permissions import Permission as P
from zhikong.foundation.access.roles.base import Role


class DepartmentHead(Role):
    code = "department_head"
    title = "科主任"
    duty = "科室质量第一责任人：接收问题、审核措施、填写分析"
    permissions = frozenset(
        {
            P.VIEW_PLANS,
            P.SIGN_LETTERS,
            P.CALL_MEETINGS,
            P.WORK_CAMPAIGNS,
            P.RATE_ACCREDITATION,
            P.KEEP_POLICIES,
            P.VIEW_DATA_QUALITY,
            P.JUDGE_DATA_QUALITY,
            P.VIEW_DUTIES,
            P.PROVE_DUTY,
            P.MANAGE_TASKS,
            P.VIEW_INDICATORS,
            P.USE_FILES,
            P.VIEW_CASES,
            P.SEE_IDENTITY,
            P.ANSWER_FINDING,
            P.APPROVE_FINDING,
            P.ANALYSE_MONTH,
            P.REPORT_FIGURES,
            P.VIEW_RECORD_CHECKS,
            P.ANSWER_RECORD_CHECKS,
            P.REMIND_WRITERS,
            P.REVIEW_RECORDS,
            P.VIEW_INSPECTIONS,
            P.PLAN_INSPECTIONS,
            P.INSPECT,
            P.REFER_TO_COMMITTEE,
            P.VIEW_IMPROVEMENTS,
            P.RUN_IMPROVEMENTS,
            P.VIEW_RISKS,
            P.MANAGE_RISKS,
            P.MANAGE_EMERGENCY_PLANS,
            P.ANALYSE_INCIDENTS,
            P.LEARN_FROM_INCIDENTS,
            P.ANSWER_COMPLAINTS,
        }
    )


class HeadNurse(Role):
    code = "head_nurse"
    title = "护士长"
    duty = "科室质控小组成员，负责护理质量"
    permissions = frozenset(
        {
            P.VIEW_PLANS,
            P.CALL_MEETINGS,
            P.WORK_CAMPAIGNS,
            P.RATE_ACCREDITATION,
            P.VIEW_DATA_QUALITY,
            P.VIEW_DUTIES,
            P.PROVE_DUTY,
            P.MANAGE_TASKS,
            P.VIEW_INDICATORS,
            P.USE_FILES,
            P.VIEW_CASES,
            P.SEE_IDENTITY,
            P.ANSWER_FINDING,
            P.ANALYSE_MONTH,
            P.REPORT_FIGURES,
            P.VIEW_RECORD_CHECKS,
            P.ANSWER_RECORD_CHECKS,
            P.REMIND_WRITERS,
            P.VIEW_INSPECTIONS,
            P.PLAN_INSPECTIONS,
            P.INSPECT,
            P.VIEW_IMPROVEMENTS,
            P.RUN_IMPROVEMENTS,
            P.VIEW_RISKS,
            P.MANAGE_RISKS,
            P.MANAGE_EMERGENCY_PLANS,
            P.ANALYSE_INCIDENTS,
            P.LEARN_FROM_INCIDENTS,
            P.ANSWER_COMPLAINTS,
        }
    )


class QcOfficer(Role):
    code = "qc_officer"
    title = "质控员"
    duty = "科室日常质控：自查、上报、反馈"
    permissions = frozenset(
        {
            P.VIEW_PLANS,
            P.WORK_CAMPAIGNS,
            P.RATE_ACCREDITATION,
            P.VIEW_DATA_QUALITY,
            P.JUDGE_DATA_QUALITY,
            P.VIEW_DUTIES,
            P.PROVE_DUTY,
            P.VIEW_INDICATORS,
            P.USE_FILES,
            P.VIEW_CASES,
            P.SEE_IDENTITY,
            P.RAISE_FINDING,
            P.ANSWER_FINDING,
            P.ANALYSE_MONTH,
            P.REPORT_FIGURES,
            P.VIEW_RECORD_CHECKS,
            P.ANSWER_RECORD_CHECKS,
            P.REMIND_WRITERS,
            P.REVIEW_RECORDS,
            P.VIEW_INSPECTIONS,
            P.PLAN_INSPECTIONS,
            P.INSPECT,
            P.VIEW_IMPROVEMENTS,
            P.RUN_IMPROVEMENTS,
            P.VIEW_RISKS,
            P.MANAGE_RISKS,
            P.ANALYSE_INCIDENTS,
            P.LEARN_FROM_INCIDENTS,
        }
    )


class Physician(Role):
    code = "physician"
    title = "医师"
    duty = "诊疗患者，整改本人负责的问题"
    permissions = frozenset(
        {
            P.VIEW_INDICATORS,
            P.USE_FILES,
            P.VIEW_CASES,
            P.SEE_IDENTITY,
            P.ANSWER_FINDING,
            P.VIEW_RECORD_CHECKS,
            P.ANSWER_RECORD_CHECKS,
            P.INSPECT,
            P.VIEW_IMPROVEMENTS,
            P.RUN_IMPROVEMENTS,
            P.VIEW_RISKS,
            P.LEARN_FROM_INCIDENTS,
        }
    )


class Nurse(Role):
    code = "nurse"
    title = "护士"
    duty = "护理患者，整改本人负责的问题"
    permissions = frozenset(
        {
            P.VIEW_INDICATORS,
            P.USE_FILES,
            P.VIEW_CASES,
            P.SEE_IDENTITY,
            P.ANSWER_FINDING,
            P.VIEW_RECORD_CHECKS,
            P.ANSWER_RECORD_CHECKS,
            P.INSPECT,
            P.VIEW_IMPROVEMENTS,
            P.RUN_IMPROVEMENTS,
            P.VIEW_RISKS,
            P.LEARN_FROM_INCIDENTS,
        }
    )
