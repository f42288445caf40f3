"""The roles of a hospital, each a page to read: who it is, how far it sees, what it may do.

Source: requirements register, section 10; ORG-02 (two levels), ORG-04 (quality office), ORG-07 (department head).
Roles bind to a function, not to a department's name (X-23).
"""

from zhikong.foundation.access.permissions import Permission as P


class Role:
    """A named set of permissions. ``hospital_wide`` roles see every department of their institution."""

    code: str
    title: str
    duty: str
    hospital_wide = False
    permissions: frozenset[P] = frozenset()


class QualityOffice(Role):
    code = "quality_office"
    title = "质控科"
    duty = "组织全院质量控制：监测指标、提出并核实问题、月度结账、编发简报"
    hospital_wide = True
    permissions = frozenset(
        {
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
        }
    )


class MedicalAffairs(Role):
    code = "medical_affairs"
    title = "医务科"
    duty = "管理医疗工作：查房、纠纷、重点患者、审批与封存"
    hospital_wide = True
    permissions = frozenset(
        {
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
        }
    )


class Nursing(Role):
    code = "nursing"
    title = "护理部"
    duty = "管理护理质量：护理检查、品管圈、优质护理"
    hospital_wide = True
    permissions = frozenset(
        {
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
        }
    )


class HospitalLeader(Role):
    code = "hospital_leader"
    title = "院领导"
    duty = "医疗质量第一责任人：查看全院、例外批准"
    hospital_wide = True
    permissions = frozenset(
        {
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
        }
    )


class DepartmentHead(Role):
    code = "department_head"
    title = "科主任"
    duty = "科室质量第一责任人：接收问题、审核措施、填写分析"
    permissions = frozenset(
        {
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
        }
    )


class HeadNurse(Role):
    code = "head_nurse"
    title = "护士长"
    duty = "科室质控小组成员，负责护理质量"
    permissions = frozenset(
        {
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
        }
    )


class QcOfficer(Role):
    code = "qc_officer"
    title = "质控员"
    duty = "科室日常质控：自查、上报、反馈"
    permissions = frozenset(
        {
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
        }
    )


class RecordReviewer(Role):
    code = "record_reviewer"
    title = "病案质控"
    duty = "终末病历质控，核对编码对照"
    hospital_wide = True
    permissions = frozenset(
        {
            P.VIEW_DATA_QUALITY,
            P.JUDGE_DATA_QUALITY,
            P.VIEW_INDICATORS,
            P.USE_FILES,
            P.VIEW_CASES,
            P.SEE_IDENTITY,
            P.RAISE_FINDING,
            P.MAP_CODES,
            P.VIEW_RECORD_CHECKS,
            P.REMIND_WRITERS,
            P.JUDGE_RECORD_CHECKS,
            P.REVIEW_RECORDS,
            P.ASSIGN_REVIEWS,
        }
    )


class ComplaintOfficer(Role):
    code = "complaint_officer"
    title = "投诉专员"
    duty = "受理、登记、答复投诉"
    hospital_wide = True
    permissions = frozenset({P.VIEW_INDICATORS, P.USE_FILES, P.VIEW_CASES, P.SEE_IDENTITY})


class Auditor(Role):
    code = "auditor"
    title = "审计员"
    duty = "核查谁在何时看过、改过什么"
    hospital_wide = True
    permissions = frozenset({P.VIEW_AUDIT})


class Administrator(Role):
    code = "administrator"
    title = "系统管理员"
    duty = "维护账号、组织机构、数据接入与日历；不看病例，读取原始数据须说明用途并留痕"
    hospital_wide = True
    permissions = frozenset(
        {
            P.VIEW_DATA_QUALITY,
            P.JUDGE_DATA_QUALITY,
            P.MANAGE_ACCOUNTS,
            P.MANAGE_ORGANISATION,
            P.MANAGE_DATA,
            P.MAP_CODES,
            P.READ_RAW,
            P.MANAGE_CONNECTIONS,
            P.EDIT_CALENDAR,
            P.MANAGE_MESSAGES,
            P.MANAGE_FILES,
            P.VIEW_FILE_STORE,
        }
    )


ROLES: dict[str, type[Role]] = {
    role.code: role
    for role in (
        QualityOffice,
        MedicalAffairs,
        Nursing,
        HospitalLeader,
        DepartmentHead,
        HeadNurse,
        QcOfficer,
        Physician,
        Nurse,
        RecordReviewer,
        ComplaintOfficer,
        Auditor,
        Administrator,
    )
}
