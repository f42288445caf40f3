"""Those who manage quality for the whole hospital."""

from zhikong.foundation.access.permissions import Permission as P
from zhikong.foundation.access.roles.base import Role


class QualityOffice(Role):
    code = "quality_office"
    title = "质控科"
    duty = "组织全院质量控制：监测指标、提出并核实问题、月度结账、编发简报"
    hospital_wide = True
    permissions = frozenset(
        {
            P.ADOPT_PLANS,
            P.VIEW_PLANS,
            P.KEEP_YEAR,
            P.CALL_MEETINGS,
            P.KEEP_CAMPAIGNS,
            P.WORK_CAMPAIGNS,
            P.KEEP_ACCREDITATION,
            P.RATE_ACCREDITATION,
            P.KEEP_POLICIES,
            P.VIEW_DATA_QUALITY,
            P.JUDGE_DATA_QUALITY,
            P.VIEW_DUTIES,
            P.PROVE_DUTY,
            P.EXCUSE_DUTY,
            P.MANAGE_TASKS,
            P.VIEW_INDICATORS,
            P.USE_FILES,
            P.HOLD_FILES,
            P.VIEW_FILE_STORE,
            P.VIEW_CASES,
            P.RAISE_FINDING,
            P.ACCEPT_FINDING,
            P.VERIFY_FINDING,
            P.OVERRIDE_CLOSURE,
            P.ANALYSE_MONTH,
            P.CLOSE_MONTH,
            P.OVERRIDE_MONTH_CLOSE,
            P.EDIT_BRIEF,
            P.PUBLISH_BRIEF,
            P.MANAGE_DATA,
            P.MAP_CODES,
            P.MANAGE_ORGANISATION,
            P.MANAGE_TARGETS,
            P.VIEW_AUDIT,
            P.EDIT_CALENDAR,
            P.EDIT_DEFINITIONS,
            P.REVIEW_DEFINITIONS,
            P.ACCEPT_FIGURES,
            P.VIEW_RECORD_CHECKS,
            P.REMIND_WRITERS,
            P.JUDGE_RECORD_CHECKS,
            P.MANAGE_RECORD_RULES,
            P.REVIEW_RECORDS,
            P.ASSIGN_REVIEWS,
            P.ARBITRATE_REVIEWS,
            P.VIEW_INSPECTIONS,
            P.PLAN_INSPECTIONS,
            P.INSPECT,
            P.ISSUE_INSPECTION_NOTICES,
            P.EXTEND_FINDING,
            P.REFER_TO_COMMITTEE,
            P.RECORD_DECISIONS,
            P.VIEW_IMPROVEMENTS,
            P.RUN_IMPROVEMENTS,
            P.JUDGE_IMPROVEMENTS,
            P.VIEW_RISKS,
            P.MANAGE_RISKS,
            P.MANAGE_EMERGENCY_PLANS,
            P.HANDLE_INCIDENTS,
            P.SEE_REPORTER,
            P.LEARN_FROM_INCIDENTS,
            P.PUBLISH_LESSONS,
        }
    )


class MedicalAffairs(Role):
    code = "medical_affairs"
    title = "医务科"
    duty = "管理医疗工作：查房、纠纷、重点患者、审批与封存"
    hospital_wide = True
    permissions = frozenset(
        {
            P.VIEW_PLANS,
            P.CALL_MEETINGS,
            P.KEEP_CAMPAIGNS,
            P.WORK_CAMPAIGNS,
            P.RATE_ACCREDITATION,
            P.KEEP_POLICIES,
            P.VIEW_DATA_QUALITY,
            P.VIEW_DUTIES,
            P.PROVE_DUTY,
            P.MANAGE_TASKS,
            P.VIEW_INDICATORS,
            P.USE_FILES,
            P.HOLD_FILES,
            P.VIEW_FILE_STORE,
            P.VIEW_CASES,
            P.RAISE_FINDING,
            P.ACCEPT_FINDING,
            P.VERIFY_FINDING,
            P.ANALYSE_MONTH,
            P.EDIT_DEFINITIONS,
            P.REVIEW_DEFINITIONS,
            P.REPORT_FIGURES,
            P.ACCEPT_FIGURES,
            P.VIEW_RECORD_CHECKS,
            P.REMIND_WRITERS,
            P.JUDGE_RECORD_CHECKS,
            P.REVIEW_RECORDS,
            P.ARBITRATE_REVIEWS,
            P.VIEW_INSPECTIONS,
            P.PLAN_INSPECTIONS,
            P.INSPECT,
            P.ISSUE_INSPECTION_NOTICES,
            P.EXTEND_FINDING,
            P.REFER_TO_COMMITTEE,
            P.RECORD_DECISIONS,
            P.VIEW_IMPROVEMENTS,
            P.RUN_IMPROVEMENTS,
            P.JUDGE_IMPROVEMENTS,
            P.VIEW_RISKS,
            P.MANAGE_RISKS,
            P.MANAGE_EMERGENCY_PLANS,
            P.HANDLE_INCIDENTS,
            P.LEARN_FROM_INCIDENTS,
            P.PUBLISH_LESSONS,
            P.PLAN_EVENT_QUOTAS,
            P.KEEP_ACCOUNTABILITY,
            P.HANDLE_COMPLAINTS,
            P.HANDLE_DISPUTES,
        }
    )


class Nursing(Role):
    code = "nursing"
    title = "护理部"
    duty = "管理护理质量：护理检查、品管圈、优质护理"
    hospital_wide = True
    permissions = frozenset(
        {
            P.VIEW_PLANS,
            P.CALL_MEETINGS,
            P.KEEP_CAMPAIGNS,
            P.WORK_CAMPAIGNS,
            P.RATE_ACCREDITATION,
            P.KEEP_POLICIES,
            P.VIEW_DUTIES,
            P.PROVE_DUTY,
            P.MANAGE_TASKS,
            P.VIEW_INDICATORS,
            P.USE_FILES,
            P.VIEW_CASES,
            P.RAISE_FINDING,
            P.ACCEPT_FINDING,
            P.VERIFY_FINDING,
            P.ANALYSE_MONTH,
            P.EDIT_DEFINITIONS,
            P.REVIEW_DEFINITIONS,
            P.ACCEPT_FIGURES,
            P.VIEW_RECORD_CHECKS,
            P.REMIND_WRITERS,
            P.VIEW_INSPECTIONS,
            P.PLAN_INSPECTIONS,
            P.INSPECT,
            P.ISSUE_INSPECTION_NOTICES,
            P.EXTEND_FINDING,
            P.REFER_TO_COMMITTEE,
            P.RECORD_DECISIONS,
            P.VIEW_IMPROVEMENTS,
            P.RUN_IMPROVEMENTS,
            P.JUDGE_IMPROVEMENTS,
            P.VIEW_RISKS,
            P.MANAGE_RISKS,
            P.MANAGE_EMERGENCY_PLANS,
            P.HANDLE_INCIDENTS,
            P.LEARN_FROM_INCIDENTS,
            P.PUBLISH_LESSONS,
        }
    )


class HospitalLeader(Role):
    code = "hospital_leader"
    title = "院领导"
    duty = "医疗质量第一责任人：查看全院、例外批准"
    hospital_wide = True
    permissions = frozenset(
        {
            P.VIEW_PLANS,
            P.SIGN_LETTERS,
            P.APPROVE_POLICIES,
            P.VIEW_DATA_QUALITY,
            P.VIEW_DUTIES,
            P.MANAGE_TASKS,
            P.VIEW_INDICATORS,
            P.USE_FILES,
            P.VIEW_CASES,
            P.RAISE_FINDING,
            P.OVERRIDE_CLOSURE,
            P.OVERRIDE_MONTH_CLOSE,
            P.VIEW_RECORD_CHECKS,
            P.VIEW_INSPECTIONS,
            P.INSPECT,
            P.ISSUE_INSPECTION_NOTICES,
            P.EXTEND_FINDING,
            P.REFER_TO_COMMITTEE,
            P.RECORD_DECISIONS,
            P.VIEW_IMPROVEMENTS,
            P.JUDGE_IMPROVEMENTS,
            P.VIEW_RISKS,
            P.ACCEPT_RISKS,
            P.LEARN_FROM_INCIDENTS,
            P.APPROVE_EVENT_QUOTAS,
            P.OPEN_ACCOUNTABILITY,
            P.HANDLE_DISPUTES,
        }
    )
