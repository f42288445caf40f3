"""Those who serve the whole hospital in one matter."""

from zhikong.foundation.access.permissions import Permission as P
from zhikong.foundation.access.roles.base import Role


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
            P.VIEW_INSPECTIONS,
            P.INSPECT,
            P.VIEW_IMPROVEMENTS,
        }
    )


class ComplaintOfficer(Role):
    code = "complaint_officer"
    title = "投诉专员"
    duty = "受理、登记、答复投诉"
    hospital_wide = True
    permissions = frozenset(
        {P.VIEW_INDICATORS, P.USE_FILES, P.VIEW_CASES, P.SEE_IDENTITY, P.HANDLE_COMPLAINTS, P.HANDLE_DISPUTES}
    )


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
