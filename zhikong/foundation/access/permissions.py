"""What can be permitted, in words, and the two questions every action and page asks: may this person?"""

from enum import StrEnum

from django.core.exceptions import PermissionDenied

from zhikong.foundation.access.scope import current_scope_or_none


class Permission(StrEnum):
    """One thing a role may do; the description completes the sentence 您没有权限：…"""

    description: str

    def __new__(cls, code: str, description: str):
        member = str.__new__(cls, code)
        member._value_ = code
        member.description = description
        return member

    VIEW_INDICATORS = "view_indicators", "查看指标"
    VIEW_CASES = "view_cases", "查看指标背后的病例清单"
    SEE_IDENTITY = "see_identity", "查看患者姓名与证件号码"
    RAISE_FINDING = "raise_finding", "提出质量问题"
    ANSWER_FINDING = "answer_finding", "填写原因与整改措施"
    APPROVE_FINDING = "approve_finding", "审核科室的整改措施"
    ACCEPT_FINDING = "accept_finding", "受理整改措施"
    VERIFY_FINDING = "verify_finding", "核实整改效果并关闭问题"
    OVERRIDE_CLOSURE = "override_closure", "例外关闭问题"
    ANALYSE_MONTH = "analyse_month", "填写月度未达标分析"
    CLOSE_MONTH = "close_month", "月度结账"
    OVERRIDE_MONTH_CLOSE = "override_month_close", "例外通过月度结账"
    EDIT_BRIEF = "edit_brief", "编辑医疗质量简报"
    PUBLISH_BRIEF = "publish_brief", "发布医疗质量简报"
    MANAGE_DATA = "manage_data", "管理数据接入"
    READ_RAW = "read_raw", "读取收到的原始数据"
    MANAGE_CONNECTIONS = "manage_connections", "设置数据库连接与推送令牌"
    MANAGE_ORGANISATION = "manage_organisation", "维护组织机构"
    MANAGE_ACCOUNTS = "manage_accounts", "管理账号与角色"
    MANAGE_TARGETS = "manage_targets", "维护目标值"
    VIEW_AUDIT = "view_audit", "查看审计记录"
    EDIT_CALENDAR = "edit_calendar", "维护工作日历"
    USE_FILES = "use_files", "上传和查看文件"
    HOLD_FILES = "hold_files", "封存文件、决定文件的销毁"
    MANAGE_FILES = "manage_files", "管理文件存储"
    VIEW_FILE_STORE = "view_file_store", "查看文件存储"
    VIEW_DUTIES = "view_duties", "查看周期职责"
    PROVE_DUTY = "prove_duty", "登记周期职责的证据"
    EXCUSE_DUTY = "excuse_duty", "免报周期职责"
    REPORT_FIGURES = "report_figures", "填报科室数据与质控记录"
    ACCEPT_FIGURES = "accept_figures", "审核科室填报与质控记录"
    MANAGE_TASKS = "manage_tasks", "布置和督办所辖科室的待办"
    MANAGE_MESSAGES = "manage_messages", "管理消息通道与未送达的事项"
    EDIT_DEFINITIONS = "edit_definitions", "编辑内容库里的定义"
    MAP_CODES = "map_codes", "核对编码对照"
    REVIEW_DEFINITIONS = "review_definitions", "审核内容库里的定义"
    VIEW_DATA_QUALITY = "view_data_quality", "查看数据质量"
    JUDGE_DATA_QUALITY = "judge_data_quality", "处理数据质量问题"
    VIEW_RECORD_CHECKS = "view_record_checks", "查看病历质控结果"
    ANSWER_RECORD_CHECKS = "answer_record_checks", "处理自己的病历缺陷、提出申诉"
    REMIND_WRITERS = "remind_writers", "提醒书写医师、登记不适用"
    JUDGE_RECORD_CHECKS = "judge_record_checks", "裁定病历缺陷的申诉"
    MANAGE_RECORD_RULES = "manage_record_rules", "设置病历质控规则"
    REVIEW_RECORDS = "review_records", "按评分表评审病历"
    ASSIGN_REVIEWS = "assign_reviews", "抽取病历、分派评审"
    ARBITRATE_REVIEWS = "arbitrate_reviews", "仲裁病历评分的申诉"
    VIEW_INSPECTIONS = "view_inspections", "查看现场检查的计划与结果"
    PLAN_INSPECTIONS = "plan_inspections", "制定检查计划、安排检查"
    INSPECT = "inspect", "到现场检查"
    ISSUE_INSPECTION_NOTICES = "issue_inspection_notices", "签发督查通报"
    EXTEND_FINDING = "extend_finding", "批准整改延期"
    REFER_TO_COMMITTEE = "refer_to_committee", "把事项提交委员会"
    RECORD_DECISIONS = "record_decisions", "登记委员会的决议"
    VIEW_IMPROVEMENTS = "view_improvements", "查看改进项目"
    RUN_IMPROVEMENTS = "run_improvements", "登记和推进改进项目"
    JUDGE_IMPROVEMENTS = "judge_improvements", "评审改进项目"
    VIEW_RISKS = "view_risks", "查看风险与应急预案"
    MANAGE_RISKS = "manage_risks", "登记和评估风险"
    ACCEPT_RISKS = "accept_risks", "批准接受剩余风险"
    MANAGE_EMERGENCY_PLANS = "manage_emergency_plans", "维护应急预案与演练"
    HANDLE_INCIDENTS = "handle_incidents", "受理和处理不良事件"
    SEE_REPORTER = "see_reporter", "查看保密报告的报告人"
    ANALYSE_INCIDENTS = "analyse_incidents", "分析本科室的不良事件"
    LEARN_FROM_INCIDENTS = "learn_from_incidents", "查看不良事件的统计、经验与警示"
    PUBLISH_LESSONS = "publish_lessons", "发布安全警示与经验"
    PLAN_EVENT_QUOTAS = "plan_event_quotas", "测算报告指标的结算"
    APPROVE_EVENT_QUOTAS = "approve_event_quotas", "批准报告指标的结算"
    OPEN_ACCOUNTABILITY = "open_accountability", "决定责任认定的立案"
    KEEP_ACCOUNTABILITY = "keep_accountability", "办理责任认定的案卷"
    HANDLE_COMPLAINTS = "handle_complaints", "受理、核实和答复投诉"
    ANSWER_COMPLAINTS = "answer_complaints", "陈述和讨论本科室的投诉"
    HANDLE_DISPUTES = "handle_disputes", "办理医疗纠纷"
    ADOPT_PLANS = "adopt_plans", "读入计划、核对并采纳"
    VIEW_PLANS = "view_plans", "查看计划、全年日历与履职覆盖"
    KEEP_YEAR = "keep_year", "办理年度结转、责任状与年度总结"
    SIGN_LETTERS = "sign_letters", "签署责任状"
    CALL_MEETINGS = "call_meetings", "召集会议、发布纪要"
    KEEP_CAMPAIGNS = "keep_campaigns", "组织专项活动"
    WORK_CAMPAIGNS = "work_campaigns", "办理本科室的专项活动事项"
    KEEP_ACCREDITATION = "keep_accreditation", "组织等级评审自评"
    RATE_ACCREDITATION = "rate_accreditation", "对负责的条款自评、提交佐证"
    KEEP_POLICIES = "keep_policies", "起草和维护制度规范"
    APPROVE_POLICIES = "approve_policies", "审核、批准制度规范"


def can(user, permission: Permission, department=None, *, whole_hospital: bool = False) -> bool:
    """True when a role that ``user`` holds today gives ``permission``.

    department: an id or anything with ``id``; the role must then cover that department.
        Without it any department will do (a menu entry's question).
    whole_hospital: the role must cover the whole hospital.
    """
    if user is None or not getattr(user, "is_active", False) or not hasattr(user, "grants"):
        return False
    department_id = getattr(department, "id", department)
    return any(
        permission in grant.role.permissions and _covers(grant.departments, department_id, whole_hospital)
        for grant in user.grants()
    )


def _covers(departments: frozenset[int] | None, department_id: int | None, whole_hospital: bool) -> bool:
    if departments is None:
        return True
    return not whole_hospital and (department_id is None or department_id in departments)


def require(by, permission: Permission, department=None, *, whole_hospital: bool = False) -> None:
    """Raise PermissionDenied with a Chinese sentence unless ``by`` may; a named job acts for the system (by=None)."""
    if by is None and _is_job():
        return
    if not can(by, permission, department, whole_hospital=whole_hospital):
        where = "（该科室不在您的权限范围内）" if _allowed_elsewhere(by, permission) else ""
        raise PermissionDenied(f"您没有权限：{permission.description}{where}。如需开通，请联系系统管理员。")


def _allowed_elsewhere(by, permission: Permission) -> bool:
    return by is not None and can(by, permission)


def _is_job() -> bool:
    scope = current_scope_or_none()
    return scope is not None and scope.user_id is None and scope.actor.startswith("job:")
