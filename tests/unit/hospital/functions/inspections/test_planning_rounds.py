"""Rounds: proposed by rule, changed by people, confirmed once; programmes that open by themselves; samples; duties."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday, 10:00
FORM = "core_system_supervision_check"


@pytest.fixture
def acts():
    from zhikong.hospital.functions.inspections.actions.planning import opening, programmes, rounds

    return type("Acts", (), {"opening": opening, "programmes": programmes, "rounds": rounds})


@pytest.fixture
def crew(hospital, make_user):
    """The office that plans, and a quality officer in each of three departments."""
    places = hospital.departments
    found = {
        code: make_user("qc_officer", places[code], name=f"员{code}") for code in ("CARD", "GSUR", "PAED")
    }
    return found | {"office": make_user("quality_office", name="王敏")}


def setup(**changes):
    from zhikong.hospital.functions.inspections.queries.planning.proposing import Setup

    return Setup(**{"first_on": date(2026, 11, 30), "last_on": date(2026, 12, 4)} | changes)


@pytest.fixture
def cross(acts, crew):
    return acts.programmes.adopt(
        by=crew["office"], now=NOW, definition_id="cross_department", settings={"forms": [FORM]}
    )


@pytest.mark.proves("INS-04")
def test_a_cross_round_is_proposed_changed_and_confirmed_once(acts, crew, cross, hospital):
    ids = tuple(hospital.departments[code].id for code in ("CARD", "GSUR", "PAED"))
    made = acts.rounds.draft_round(cross, by=crew["office"], now=NOW, setup=setup(departments=ids))
    lines = made.proposal["lines"]
    own = {crew[code].pk: hospital.departments[code].id for code in ("CARD", "GSUR", "PAED")}
    assert len(lines) == 3
    for line in lines:
        (one,) = line["inspectors"]
        assert own[one["user"]] != line["department"]
        assert "不是本科室，近 12 个月没有在该科" in one["reason"]
    assert [line["on"] for line in lines] == ["2026-11-30", "2026-12-01", "2026-12-03"]
    with pytest.raises(ValidationError, match="不能查本科室"):
        acts.rounds.edit_lines(
            made, by=crew["office"], now=NOW, lines={0: {"users": [_at_home(lines[0], own)]}}
        )
    acts.rounds.edit_lines(
        made, by=crew["office"], now=NOW, lines={0: {"on": date(2026, 12, 2)}, 2: {"drop": True}}
    )
    visits = acts.rounds.confirm_round(made, by=crew["office"], now=NOW)
    assert [(one.planned_on, one.kind, one.state) for one in visits] == [
        (date(2026, 12, 2), "cross", "planned"),
        (date(2026, 12, 1), "cross", "planned"),
    ]
    with pytest.raises(ValidationError, match="已经安排或取消"):
        acts.rounds.confirm_round(made, by=crew["office"], now=NOW)


def _at_home(line, own):
    return next(user for user, department in own.items() if department == line["department"])


def test_an_earlier_post_keeps_somebody_away(acts, crew, cross, hospital, make_user):
    """Who moved from cardiology five months ago does not inspect it; after the months asked he does."""
    from zhikong.foundation.access.models import RoleAssignment
    from zhikong.hospital.functions.inspections.queries.planning import people
    from zhikong.hospital.functions.inspections.rules_planning_programmes import Who

    cardiology = hospital.departments["CARD"].id
    RoleAssignment.objects.create(
        institution_id=hospital.id, user=crew["PAED"], role="physician", department_id=cardiology,
        valid_from=date(2024, 1, 1), valid_to=date(2026, 6, 20),
    )  # fmt: skip

    def past(months):
        who = Who("departments", ("qc_officer",), months_apart=months)
        found = people.inspectors(who, on=NOW.date(), first=NOW.date(), last=NOW.date())
        return next(one.candidate.past for one in found if one.user == crew["PAED"])

    assert past(12) == {cardiology}
    assert past(3) == frozenset()


def test_what_the_rules_cannot_meet_is_said_and_nothing_half_planned(acts, crew, cross, hospital):
    only = hospital.departments["CARD"].id
    made = acts.rounds.draft_round(
        cross, by=crew["office"], now=NOW, setup=setup(departments=(only,), pool=(crew["CARD"].pk,))
    )
    assert made.proposal["said"] == ["心血管内科还缺 1 人：能查它的人不够（本科室和近期待过的人都要回避）。"]
    with pytest.raises(ValidationError, match="还没有检查人"):
        acts.rounds.confirm_round(made, by=crew["office"], now=NOW)
    assert made.visits.count() == 0


@pytest.mark.proves("INS-06")
def test_a_weekly_self_check_opens_by_itself_and_once(acts, crew, hospital):
    from zhikong.hospital.functions.inspections.models.planning import Visit

    acts.programmes.adopt(
        by=crew["office"], now=NOW, definition_id="department_weekly_self_check", settings={"forms": [FORM]}
    )
    acts.opening.open_due(now=NOW)
    acts.opening.open_due(now=NOW)
    visits = Visit.objects.filter(kind="self")
    assert {one.department_name for one in visits} <= {"心血管内科", "普通外科", "儿科", "检验科"}
    (own,) = visits.filter(department_id=hospital.departments["CARD"].id)
    assert (own.planned_on, own.until_on, own.lead) == (date(2026, 11, 25), date(2026, 11, 27), crew["CARD"])


@pytest.mark.proves("INS-03")
def test_before_a_holiday_the_office_gets_the_draft_as_a_task(acts, crew, hospital, make_user):
    from zhikong.foundation.tasks.models import Task
    from zhikong.hospital.functions.inspections.models.planning import Round

    office = make_user("medical_affairs", name="欧阳安")
    acts.programmes.adopt(
        by=crew["office"],
        now=NOW,
        definition_id="pre_holiday_inspection",
        settings={"forms": [FORM], "who": {"each": 1}},
    )
    before = NOW + timedelta(
        days=30
    )  # 23 December: three working days before New Year lie within the horizon
    acts.opening.open_due(now=NOW)
    assert not Round.objects.exists()
    acts.opening.open_due(now=before)
    made = Round.objects.get()
    assert (made.state, made.occasion, made.first_on) == ("draft", "H2027-01-01", date(2026, 12, 29))
    task = Task.objects.get(source_kind="inspection_round")
    assert task.owner == office
    assert "元旦前 3 个工作日" in task.due_reason


@pytest.mark.proves("INS-03")
def test_a_surprise_is_planned_on_its_own_morning_and_hidden(acts, crew, make_user):
    from zhikong.hospital.functions.inspections.models.planning import Visit
    from zhikong.hospital.functions.inspections.queries.planning import programmes as queries

    make_user("medical_affairs", name="欧阳安")
    programme = acts.programmes.adopt(
        by=crew["office"], now=NOW, definition_id="surprise_inspection",
        settings={"forms": [FORM], "who": {"each": 1, "roles": ["medical_affairs"]}},
    )  # fmt: skip
    found = queries.definition(programme, on=NOW.date())
    (first, *_more) = queries.occasions(programme, found, date(2026, 12, 1), date(2026, 12, 31))
    the_day = datetime(first.first_on.year, first.first_on.month, first.first_on.day, 1, tzinfo=UTC)
    acts.opening.open_due(now=the_day - timedelta(days=1))
    assert not Visit.objects.filter(planned_on=first.first_on).exists()
    acts.opening.open_due(now=the_day)
    visits = Visit.objects.filter(planned_on=first.first_on)
    assert visits.count() == 3
    assert all(one.confidential for one in visits)
    assert queries.shown([programme], now=NOW)[0].next is None  # its days are told to nobody


@pytest.mark.proves("CLN-04", "CLN-27")
def test_key_departments_are_drawn_more_often(acts, crew, hospital):
    from zhikong.hospital.functions.inspections.models.planning import KeyPoint
    from zhikong.hospital.functions.inspections.queries.planning import proposing
    from zhikong.hospital.functions.inspections.queries.planning.programmes import definition

    programme = acts.programmes.adopt(
        by=crew["office"],
        now=NOW,
        definition_id="surprise_inspection",
        settings={"forms": [FORM], "at_once": 1},
    )
    KeyPoint.objects.create(
        institution_id=hospital.id, what="department", department_id=hospital.departments["CARD"].id, item="重点",
        weight=6, made_at=NOW, made_by=crew["office"],
    )  # fmt: skip
    found = definition(programme, on=NOW.date())

    def drawn(seed):
        lines = proposing.propose(found, programme, setup(), seed=seed, today=NOW.date())["lines"]
        return [(one["name"], one["why"]) for one in lines]

    names = [drawn(str(n))[0][0] for n in range(60)]
    assert drawn("7") == drawn("7")
    assert "重点部门，权重 6" in next(
        why for n in range(60) for name, why in drawn(str(n)) if name == "心血管内科"
    )
    assert names.count("心血管内科") > 28  # 6 of 9 parts of the chance; 60 draws give 40 on average


def test_a_campaign_needs_an_end_and_a_programme_runs_once(acts, crew):
    with pytest.raises(ValidationError, match="请填写结束日期"):
        acts.programmes.adopt(by=crew["office"], now=NOW, definition_id="campaign_supervision")
    made = acts.programmes.adopt(
        by=crew["office"], now=NOW, definition_id="campaign_supervision", ends_on=date(2026, 12, 31)
    )
    with pytest.raises(ValidationError, match="已经在执行"):
        acts.programmes.adopt(
            by=crew["office"], now=NOW, definition_id="campaign_supervision", ends_on=date(2027, 1, 31)
        )
    acts.programmes.end_programme(made, by=crew["office"], now=NOW, reason="活动结束")
    assert made.ended_by == crew["office"]


@pytest.mark.proves("INS-12")
def test_an_ad_hoc_check_begins_at_once(acts, crew, hospital):
    from zhikong.foundation.access.queries import scope_of
    from zhikong.foundation.access.scope import scoped

    here = hospital.departments["CARD"].id
    with scoped(scope_of(crew["CARD"], NOW.date())):
        visit = acts.rounds.start_ad_hoc(by=crew["CARD"], now=NOW, department_id=here, form_ids=[FORM])
        assert (visit.state, visit.lead, visit.kind) == ("open", crew["CARD"], "ad_hoc")
        assert visit.visit_sheets.get().sheet.department_id == here


@pytest.mark.proves("INS-18")
def test_a_sample_has_a_seed_that_nobody_chose_and_is_the_same_again(acts, crew, cross, hospital):
    from zhikong.foundation.patients.models import Bed, Stay
    from zhikong.hospital.functions.inspections import rules_planning_sampling as rules
    from zhikong.hospital.functions.inspections.actions import planning
    from zhikong.hospital.functions.inspections.queries.planning import frames
    from zhikong.hospital.functions.inspections.rules_planning_visits import SampleRule

    place = hospital.departments["CARD"]
    for n in range(9):
        bed = Bed.objects.create(
            institution_id=hospital.id, department_id=place.id, number=f"{n + 1}", valid_from=date(2026, 1, 1)
        )
        Stay.objects.create(
            institution_id=hospital.id, stay_id=f"s{n}", patient_key=f"p{n}", department_id=place.id, bed=bed,
            admitted_at=NOW, updated_at=NOW,
        )  # fmt: skip
    made = acts.rounds.draft_round(cross, by=crew["office"], now=NOW, setup=setup(departments=(place.id,)))
    (visit,) = acts.rounds.confirm_round(made, by=crew["office"], now=NOW)
    planning.prepare_visit(visit, by=crew["office"], now=NOW)
    drawn = list(visit.sample.filter(state="drawn").values_list("ref", flat=True))
    rule = SampleRule.from_data(visit.sample_rule[0])
    units = frames.frame(rule, visit=visit, today=NOW.date())
    again = [one.unit.key for one in rules.draw(units, rule, f"{visit.seed}:0") if not one.reserve]
    assert drawn == again
    assert (len(drawn), visit.frame_size, visit.frame_hash) == (3, 9, rules.frame_hash(units))
    assert visit.seed == f"{made.seed}:1"
    first = visit.sample.filter(state="drawn").order_by("position").first()
    other = planning.replace_sample(first, by=crew["office"], now=NOW, reason="在手术室")
    assert other.stands_for == first
    assert first.label.endswith("床")


@pytest.mark.proves("INS-09", "INS-02")
def test_a_concluded_round_proves_the_duty_that_names_the_programme(acts, crew, hospital, make_user):
    from zhikong.foundation.duties.models import Occurrence, Proof
    from zhikong.hospital.functions.inspections.actions import planning
    from zhikong.hospital.functions.inspections.facts_planning import VisitConcluded
    from zhikong.hospital.functions.inspections.reactions_planning import concluded

    programme = acts.programmes.adopt(
        by=crew["office"], now=NOW, definition_id="core_systems_monthly", settings={"forms": [FORM]}
    )
    ids = tuple(hospital.departments[code].id for code in ("CARD", "GSUR"))
    made = acts.rounds.draft_round(programme, by=crew["office"], now=NOW, setup=setup(departments=ids))
    first, second = acts.rounds.confirm_round(made, by=crew["office"], now=NOW)

    def finish(visit):
        planning.start_visit(visit, by=crew["office"], now=NOW)
        planning.step(visit, "concluded", by=crew["office"], now=NOW)
        concluded(VisitConcluded(visit.pk, visit.kind, programme.definition_id, visit.department_id), now=NOW)

    finish(first)
    assert not Proof.objects.exists()  # the round goes on
    finish(second)
    (proof,) = Proof.objects.all()
    assert proof.title.startswith(second.number)
    assert Occurrence.objects.get(pk=proof.occurrence_id).duty_id == "core_system_supervision"
    assert Occurrence.objects.get(pk=proof.occurrence_id).done_on is not None
