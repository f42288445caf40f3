"""Who may take which step. The actions ask these; pages ask them to decide what to offer."""

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.findings.rules import Act

ACT_PERMISSION = {
    Act.ANSWER_CAUSE: Permission.ANSWER_FINDING,
    Act.PROPOSE_MEASURE: Permission.ANSWER_FINDING,
    Act.APPROVE: Permission.APPROVE_FINDING,
    Act.RETURN: Permission.ACCEPT_FINDING,
    Act.ACCEPT: Permission.ACCEPT_FINDING,
    Act.CORRECT: Permission.ANSWER_FINDING,
    Act.CORRECT_ON_THE_SPOT: Permission.ANSWER_FINDING,
    Act.VERIFY: Permission.VERIFY_FINDING,
    Act.OBSERVE: Permission.VERIFY_FINDING,
    Act.REVIEW: Permission.VERIFY_FINDING,
    Act.CLOSE: Permission.VERIFY_FINDING,
    Act.REOPEN: Permission.VERIFY_FINDING,
    Act.OVERRIDE: Permission.OVERRIDE_CLOSURE,
    Act.EXTEND: Permission.EXTEND_FINDING,
}
DEPARTMENT_ACTS = {
    Act.ANSWER_CAUSE, Act.PROPOSE_MEASURE, Act.CORRECT, Act.CORRECT_ON_THE_SPOT, Act.PLAN, Act.MEASURE_DONE,
    Act.ASK_EXTENSION,
}  # fmt: skip
ANY_OF = {
    Act.PLAN: (Permission.ANSWER_FINDING,),
    Act.MEASURE_DONE: (Permission.ANSWER_FINDING,),
    Act.ASK_EXTENSION: (Permission.ANSWER_FINDING,),
    Act.REFUSE_EXTENSION: (Permission.EXTEND_FINDING,),
    Act.DELEGATE: (Permission.APPROVE_FINDING, Permission.ACCEPT_FINDING, Permission.ANSWER_FINDING),
    Act.MERGE: (Permission.ACCEPT_FINDING,),
    Act.UNMERGE: (Permission.ACCEPT_FINDING,),
    Act.REFER: (Permission.REFER_TO_COMMITTEE,),
    Act.ACCOUNT: (Permission.VERIFY_FINDING,),
    Act.FOLLOW_UP: (Permission.VERIFY_FINDING,),
    Act.LEARN: (Permission.APPROVE_FINDING, Permission.ACCEPT_FINDING),
}
"""Acts that any one of these permissions allows."""
QC_GROUP_ROLES = {"department_head", "head_nurse", "qc_officer"}


def may(user, act: Act, finding) -> bool:
    """True when the user's roles allow the act on this finding; its state is not looked at here."""
    wanted = needed_for(act)
    if wanted and not any(can(user, permission, finding.department_id) for permission in wanted):
        return False
    if act is Act.DELEGATE:
        return may_delegate(user, finding)
    if not wanted:
        return False
    return act not in DEPARTMENT_ACTS or answers_for(user, finding)


def needed_for(act: Act) -> tuple[Permission, ...]:
    """The permissions of which one is needed; none for what anybody may do who sees the finding."""
    return (ACT_PERMISSION[act],) if act in ACT_PERMISSION else ANY_OF.get(act, ())


def may_delegate(user, finding) -> bool:
    """The owner hands on what is theirs; the department's head and the office hand on for those who left."""
    others = (Permission.APPROVE_FINDING, Permission.ACCEPT_FINDING)
    return user.pk == finding.owner_id or any(can(user, p, finding.department_id) for p in others)


def may_remind(user, finding) -> bool:
    """Whoever verifies findings, and the hospital's leaders, may press for an answer that is due."""
    wanted = (Permission.VERIFY_FINDING, Permission.OVERRIDE_CLOSURE)
    return any(can(user, permission, finding.department_id) for permission in wanted)


def answers_for(user, finding) -> bool:
    """The department's QC group answers for it; anybody else only when it is their own finding."""
    if user.pk in (finding.owner_id, finding.handler_id) or (
        user.person_id and user.person_id == finding.responsible_id
    ):
        return True
    return any(
        grant.role.code in QC_GROUP_ROLES
        and (grant.departments is None or finding.department_id in grant.departments)
        for grant in user.grants()
    )
