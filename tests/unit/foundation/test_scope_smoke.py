from zhikong.foundation.organisation import queries


def test_departments_of_the_scope(hospital):
    assert queries.institution().code == "A"
    assert "CARD" in hospital.departments
