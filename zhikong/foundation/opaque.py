"""The constants of the opaque kind: what an incident may say of itself in the foundation's tables (decision 2).

Everything else about it stays in the incidents' own tables. Database constraints, row policies and tests read these
constants; a new word needs a migration of tasks and notices, and a reason.
"""

from enum import StrEnum

KIND = "incident"
DUE_REASON = "按不良事件管理的时限办理"
URL = r"^/incidents/[A-Za-z0-9/_-]*$"
KEY = r"^[A-Za-z0-9-]{8,64}$"
FILE_PURPOSE = "incidents.sealed"
FINDING_TITLE = "不良事件改进"


class Words(StrEnum):
    """The titles that exist. None of them tells category, severity, cause or person."""

    HANDLE = "不良事件办理"
    REPLY = "不良事件有新回复"
    LESSON = "安全警示与经验"
    KEY_PATIENT = "重点病人申报"
    WARD = "病区安全改进"


TITLES = tuple(str(word) for word in Words)
OWNER_POSTS = (
    "department_head",
    "head_nurse",
    "qc_officer",
    "quality_office",
    "medical_affairs",
    "nursing",
    "infection_control",
    "pharmacy",
    "equipment",
    "hospital_leader",
)
"""Posts that may answer for a finding born of an incident: codes of roles, never persons."""
