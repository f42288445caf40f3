"""Who may do what, and the sentences that refuse."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from zhikong.foundation.access.models import RoleAssignment
from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.queries import scope_of, users_with_role
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import Scope, rescope

TODAY = date(2026, 11, 22)


def test_every_permission_is_described_and_given_to_some_role():
    given = frozenset().union(*(role.permissions for role in ROLES.values()))
    assert given == set(Permission)
    assert all(permission.description for permission in Permission)
    assert all(code == role.code and role.title and role.duty for code, role in ROLES.items())


def test_who_sees_a_patients_name():
    """The treating department, record reviewers, complaint officers; nobody who manages or audits."""
    allowed = {code for code, role in ROLES.items() if Permission.SEE_IDENTITY in role.permissions}
    assert allowed == {
        "department_head",
        "head_nurse",
        "qc_officer",
        "physician",
        "nurse",
        "record_reviewer",
        "complaint_officer",
    }


@pytest.mark.proves("ORG-02")
def test_a_department_role_reaches_its_department_only(hospital, make_user):
    card, surgery = hospital.departments["CARD"], hospital.departments["GSUR"]
    head = make_user("department_head", card)
    assert can(head, Permission.APPROVE_FINDING, card)
    assert can(head, Permission.APPROVE_FINDING, card.id)
    assert can(head, Permission.APPROVE_FINDING)
    assert not can(head, Permission.APPROVE_FINDING, surgery)
    assert not can(head, Permission.APPROVE_FINDING, whole_hospital=True)
    with pytest.raises(PermissionDenied, match="审核科室的整改措施（该科室不在您的权限范围内）"):
        require(head, Permission.APPROVE_FINDING, department=surgery)
    scope = scope_of(head, TODAY)
    assert scope.departments == {card.id}
    assert scope.roles == {"department_head"}


@pytest.mark.proves("ORG-04")
def test_the_quality_office_reaches_the_whole_hospital(hospital, make_user):
    office = make_user("quality_office")
    assert can(office, Permission.CLOSE_MONTH, whole_hospital=True)
    assert can(office, Permission.RAISE_FINDING, hospital.departments["PAED"])
    assert not can(office, Permission.SEE_IDENTITY)
    assert scope_of(office, TODAY).whole_hospital


def test_two_roles_in_two_departments_do_not_mix(hospital, make_user):
    card, surgery = hospital.departments["CARD"], hospital.departments["GSUR"]
    user = make_user("department_head", card)
    RoleAssignment.objects.create(
        institution_id=hospital.id, user=user, role="physician", department_id=surgery.id, valid_from=TODAY
    )
    user.forget_grants()
    assert scope_of(user, TODAY).departments == {card.id, surgery.id}
    assert can(user, Permission.ANSWER_FINDING, surgery)
    assert not can(user, Permission.APPROVE_FINDING, surgery)  # head here, physician there


def test_a_role_that_has_ended_or_not_begun_gives_nothing(hospital, make_user):
    user = make_user("quality_office")
    RoleAssignment.objects.filter(user=user).update(valid_from=date(2026, 1, 1), valid_to=date(2026, 7, 1))
    user.forget_grants()
    assert not can(user, Permission.CLOSE_MONTH)
    assert scope_of(user, date(2026, 6, 30)).whole_hospital
    assert scope_of(user, date(2026, 7, 1)).departments == frozenset()
    assert users_with_role(role="quality_office", on=date(2026, 6, 30)) == [user]
    assert users_with_role(role="quality_office", on=date(2026, 7, 1)) == []


def test_a_department_role_without_department_reaches_nothing(hospital, make_user):
    stray = make_user("department_head")
    assert scope_of(stray, TODAY).departments == frozenset()
    assert not can(stray, Permission.APPROVE_FINDING, hospital.departments["CARD"])


def test_users_with_a_department_role(hospital, make_user):
    card, surgery = hospital.departments["CARD"], hospital.departments["GSUR"]
    head = make_user("department_head", card)
    make_user("department_head", surgery)
    closed = make_user("department_head", card)
    type(closed).objects.filter(pk=closed.pk).update(is_active=False)
    assert users_with_role(role="department_head", department_id=card.id, on=TODAY) == [head]


def test_nobody_and_closed_accounts_may_nothing(hospital, make_user):
    assert not can(None, Permission.VIEW_INDICATORS)
    assert not can(AnonymousUser(), Permission.VIEW_INDICATORS)
    user = make_user("quality_office")
    user.is_active = False
    assert not can(user, Permission.VIEW_INDICATORS)


def test_only_a_named_job_acts_without_a_person(hospital):
    require(None, Permission.CLOSE_MONTH)  # the fixture's scope is a job's
    rescope(Scope(hospital.id, None, user_id=1, actor="somebody"))
    with pytest.raises(PermissionDenied):
        require(None, Permission.CLOSE_MONTH)


def test_templates_and_has_perm_ask_the_same_question(hospital, make_user):
    head = make_user("department_head", hospital.departments["CARD"])
    assert head.has_perm("approve_finding", hospital.departments["CARD"])
    assert not head.has_perm("approve_finding", hospital.departments["GSUR"])
    assert not head.has_perm("close_month")
