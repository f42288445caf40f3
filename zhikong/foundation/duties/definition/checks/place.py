"""Who it is for: departments need their kinds, a committee its kind, the hospital an office."""

from collections.abc import Iterator

from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.duties.definition.draft import Draft
from zhikong.foundation.duties.definition.fields import COMMITTEES, KINDS
from zhikong.foundation.duties.definition.model import Body

ONLY_FOR = {
    "department_kinds": Body.DEPARTMENT,
    "functions": Body.DEPARTMENT,
    "codes": Body.DEPARTMENT,
    "committee": Body.COMMITTEE,
}


def check(draft: Draft) -> Iterator[Problem]:
    who, body = draft.data["who"], draft.data["body"]
    for key, only in ONLY_FOR.items():
        if key in who and body != only:
            yield draft.problem(("who", key), f"body 为 {body} 时不写 {key}。", f"请去掉 {key}。")
    yield from _role(draft, who["role"], body)
    if body == Body.DEPARTMENT:
        yield from _departments(draft, who)
    if body == Body.COMMITTEE and who.get("committee") not in COMMITTEES:
        yield draft.problem(
            ("who",), "没有写清是哪个委员会。", f"committee 为以下之一：{'、'.join(COMMITTEES)}。"
        )


def _role(draft: Draft, role: str, body: str) -> Iterator[Problem]:
    if role not in ROLES:
        yield draft.problem(("who", "role"), f"没有岗位 {role}。", suggestion(role, ROLES))
    elif body != Body.DEPARTMENT and not ROLES[role].hospital_wide:
        yield draft.problem(
            ("who", "role"),
            f"{role} 是科室岗位，看不到全院的事项。",
            "委员会和全院的职责请写职能部门的岗位，如 quality_office。",
        )


def _departments(draft: Draft, who: dict) -> Iterator[Problem]:
    kinds = who.get("department_kinds")
    if not isinstance(kinds, list) or not kinds or any(kind not in KINDS for kind in kinds):
        yield draft.problem(
            ("who",), "没有写清是哪些科室。", f"department_kinds 为以下的列表：{'、'.join(KINDS)}。"
        )
    for key in ("functions", "codes"):
        value = who.get(key, [])
        if not isinstance(value, list) or not all(isinstance(part, str) and part for part in value):
            yield draft.problem(("who", key), f"{key} 的写法不对。", f"应为列表，如 {key}: [ICU]。")
