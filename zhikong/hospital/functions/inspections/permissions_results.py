"""Who writes the draft of a notice, and who confirms that it was read."""

from zhikong.foundation.access.permissions import Permission, can


def may_draft(user) -> bool:
    """Who plans inspections of the whole hospital writes the draft; who may issue notices signs it."""
    plans = can(user, Permission.PLAN_INSPECTIONS, whole_hospital=True)
    return plans or can(user, Permission.ISSUE_INSPECTION_NOTICES)


def may_compare_inspectors(user) -> bool:
    """Whether inspectors measure alike is the offices' matter, nobody else's."""
    return may_draft(user)


def may_confirm(user, department_id: int) -> bool:
    """Who answers findings in the department confirms for it."""
    return can(user, Permission.ANSWER_FINDING, department_id)
