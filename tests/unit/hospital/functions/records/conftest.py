"""People who write records and who watch over them."""

import pytest


@pytest.fixture
def doctor(make_user, hospital):
    """doctor("D1") → the account of the doctor with that staff code, of cardiology unless told otherwise."""
    from zhikong.foundation.organisation.models import Person

    def make(code, department="CARD", role="physician"):
        user = make_user(role, hospital.departments[department], name=f"医师{code}")
        person, _made = Person.objects.get_or_create(
            institution_id=hospital.id,
            staff_number=code,
            defaults={"name": f"医师{code}", "profession": "physician"},
        )
        user.person = person
        user.save(update_fields=["person"])
        return user

    return make
