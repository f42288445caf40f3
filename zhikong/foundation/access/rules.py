"""Registers every permission with django-rules, so that templates and ``user.has_perm`` ask the same question."""

import rules

from zhikong.foundation.access.permissions import Permission, can


def _predicate(permission: Permission):
    @rules.predicate(name=permission.value)
    def holds(user, department=None):
        return can(user, permission, department)

    return holds


for _permission in Permission:
    if not rules.perm_exists(_permission.value):
        rules.add_perm(_permission.value, _predicate(_permission))
