"""The synthetic hospital's structure and people are complete and consistent."""

from zhikong.simulator import hospital, people


def test_beds_of_departments_and_wards_make_the_profile():
    assert sum(d.beds for d in hospital.departments()) == hospital.profile().open_beds == 600
    assert sum(w.beds for w in hospital.wards()) == 600


def test_no_two_departments_share_a_name_code_or_alias():
    words = [word for d in hospital.departments() for word in (d.code, d.name, *d.aliases)]
    assert len(words) == len(set(words))


def test_every_function_has_one_department():
    functions = [d.function for d in hospital.departments() if d.function]
    assert len(functions) == len(set(functions))
    assert {"quality_office", "medical_affairs", "nursing", "records", "complaint_office"} <= set(functions)


def test_heads_and_staff_numbers():
    numbers = [p.staff_number for p in people.staff()]
    assert len(numbers) == len(set(numbers))
    for department in hospital.departments():
        assert people.holder(department.code, "department_head").department == department.code
    assert all(2 <= len(p.name) <= 4 for p in people.staff())


def test_only_one_quality_group_is_incomplete():
    short = [g.department for g in people.qc_groups() if len(g.seats) < g.size_min]
    assert short == [people.INCOMPLETE_GROUP]
    assert all(len(g.seats) <= g.size_max for g in people.qc_groups())


def test_committees_have_one_chair_and_no_double_member():
    for body in people.committees():
        assert [s.seat for s in body.seats].count("chair") == 1
        assert len({s.staff_number for s in body.seats}) == len(body.seats) >= body.size_min


def test_accounts_are_people_of_their_department():
    named = {a.username: a for a in people.accounts()}
    assert named["zhikong"].name == "王敏"
    assert named["keshi"].department == named["yishi"].department == "CARD"
    by_number = {p.staff_number: p for p in people.staff()}
    assert all(by_number[a.staff_number].name == a.name for a in people.accounts())
