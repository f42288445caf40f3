"""A file on somebody's responsibility: own grounds, own decision, heard, concluded by another, appealed, expired (X-09)."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ForeignKey

from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import scoped
from zhikong.foundation.audit.models import AuditEvent
from zhikong.foundation.notices.models import Notice, Receipt
from zhikong.foundation.organisation.models import Person
from zhikong.hospital.functions.accountability import actions, queries, rules
from zhikong.hospital.functions.accountability.models import NO_REPORT, AccountabilityFile, Evidence, Points

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
REPORTS = ("根据不良事件报告", "见 /incidents/7Q4Z/", "报告人反映", "BL-0123456789AB", "不良事件系统的报告")


@pytest.fixture
def people(hospital, make_user):
    card = hospital.departments["CARD"]
    made = SimpleNamespace(
        card=card.id,
        keeper=make_user("medical_affairs", name="医务一"),
        keeper_two=make_user("medical_affairs", name="医务二"),
        leader=make_user("hospital_leader", name="孙院"),
        doctor=make_user("physician", card, name="周强"),
        head=make_user("department_head", card, name="李建国"),
        office=make_user("quality_office", name="王敏"),
    )
    made.person = Person.objects.create(institution_id=hospital.id, name="周强", staff_number="P-1")
    made.doctor.person = made.person
    made.doctor.save()
    return made


@pytest.fixture
def proposed(people):
    def make(**more):
        told = {
            "title": "手术前未执行核查", "source": "inspection", "source_reference": "医务科检查通报〔2026〕12 号",
            "grounds": "现场检查三台手术均未执行术前核查，经两次提醒未改。", "declared": True, **more,
        }  # fmt: skip
        return actions.propose(
            by=people.keeper, now=NOW, person=people.person, department_id=people.card, **told
        )

    return make


@pytest.fixture
def heard(people, proposed):
    found = proposed()
    actions.decide_opening(found, by=people.leader, now=NOW, opened=True, text="检查结论明确，同意立案核实。")
    actions.add_evidence(
        found,
        by=people.keeper,
        now=NOW,
        kind="document",
        text="三台手术核查表空白",
        reference="手麻系统 11-02",
    )
    actions.make_statement(found, by=people.doctor, now=NOW, text="当日连台，确有疏漏。")
    return found


# ---- grounds


@pytest.mark.parametrize("words", REPORTS)
@pytest.mark.parametrize("where", ["title", "grounds", "source_reference"])
def test_a_report_is_no_ground(proposed, where, words):
    with pytest.raises(ValidationError, match="不能作为责任认定的依据"):
        proposed(**{where: f"{words}，应予追究责任人。"})


@pytest.mark.parametrize("words", REPORTS)
def test_the_database_refuses_it_as_well(hospital, proposed, words):
    found = proposed()
    with pytest.raises(IntegrityError, match="cites_no_report"), transaction.atomic():
        AccountabilityFile.objects.filter(pk=found.pk).update(grounds=words)


def test_code_and_database_look_for_the_same_words():
    assert rules.REPORT_WORDS.pattern == NO_REPORT


def test_there_is_no_such_source_and_no_silence_about_it(proposed):
    with pytest.raises(ValueError, match="incident"):
        proposed(source="incident")
    with pytest.raises(ValidationError, match="请确认"):
        proposed(declared=False)
    found = proposed()
    for change in ({"source": "incident"}, {"declared": False}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AccountabilityFile.objects.filter(pk=found.pk).update(**change)


def test_nothing_in_these_tables_points_at_an_incident(db):
    from django.apps import apps

    for model in apps.get_app_config("accountability").get_models():
        keys = {f.related_model._meta.app_label for f in model._meta.fields if isinstance(f, ForeignKey)}
        assert keys <= {"organisation", "access", "accountability"}
        assert not [f.name for f in model._meta.fields if "incident" in f.name]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
            " AND confrelid::regclass::text LIKE 'incidents%' AND conrelid::regclass::text NOT LIKE 'incidents%'"
        )
        assert cursor.fetchall() == []


def test_evidence_is_not_a_report_either(people, proposed):
    found = proposed()
    actions.decide_opening(found, by=people.leader, now=NOW, opened=True, text="检查结论明确，同意立案核实。")
    told = {"by": people.keeper, "now": NOW, "kind": "document", "text": "截图"}
    with pytest.raises(ValidationError, match="不能作为责任认定的依据"):
        actions.add_evidence(found, **told, reference="/incidents/7Q4Z/")
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.create(
            institution_id=found.institution_id,
            file=found,
            at=NOW,
            kind="document",
            text="报告人说",
            reference="x",
        )


# ---- the way


@pytest.mark.proves("EVT-22")
def test_opened_heard_concluded_and_the_points_end(people, heard):
    actions.conclude(
        heard,
        by=people.keeper,
        now=LATER,
        conclusion="未执行核查事实清楚，予以批评教育。",
        outcome="criticism",
        points=2,
    )
    [entry] = Points.objects.all()
    assert (entry.points, entry.given_on, entry.expires_on) == (2, date(2026, 11, 26), date(2027, 11, 26))
    own = queries.own(people.doctor, today=date(2026, 12, 1))
    assert (len(own.files), own.balance) == (1, 2)
    assert queries.own(people.doctor, today=date(2027, 11, 26)).balance == 0


def test_an_appeal_that_succeeds_takes_the_points_back(people, heard):
    actions.conclude(
        heard,
        by=people.keeper,
        now=LATER,
        conclusion="事实清楚，予以批评教育处理。",
        outcome="criticism",
        points=2,
    )
    actions.appeal(heard, by=people.doctor, now=LATER, text="核查由巡回护士执行。")
    actions.answer_appeal(heard, by=people.leader, now=LATER, text="经复核，撤销原处理决定。", revoke=True)
    assert queries.own(people.doctor, today=date(2026, 12, 1)).balance == 0
    assert heard.state == rules.State.FINAL


def test_nobody_is_judged_unheard_or_without_evidence(people, proposed):
    found = proposed()
    wanted = {
        "by": people.keeper,
        "now": NOW,
        "conclusion": "事实清楚，予以批评教育处理。",
        "outcome": "criticism",
    }
    with pytest.raises(ValidationError, match="待决定"):
        actions.conclude(found, **wanted)
    actions.decide_opening(found, by=people.leader, now=NOW, opened=True, text="检查结论明确，同意立案核实。")
    with pytest.raises(ValidationError, match="待陈述"):
        actions.conclude(found, **wanted)
    with pytest.raises(ValidationError, match="陈述期"):
        actions.note_silence(found, by=people.keeper, now=NOW + timedelta(days=rules.STATEMENT_DAYS))
    over = NOW + timedelta(days=rules.STATEMENT_DAYS + 1)
    actions.note_silence(found, by=people.keeper, now=over)
    with pytest.raises(ValidationError, match="没有独立收集的证据"):
        actions.conclude(found, **wanted)


def test_without_consequence_there_are_no_points(people, heard):
    with pytest.raises(ValidationError, match="不记分"):
        actions.conclude(
            heard,
            by=people.keeper,
            now=LATER,
            conclusion="经核实不应由其承担责任。",
            outcome="none",
            points=1,
        )


def test_who_proposes_does_not_open_and_who_opens_does_not_conclude(hospital, people, proposed):
    from zhikong.foundation.access.models import RoleAssignment

    found = proposed()
    with pytest.raises(PermissionDenied):
        actions.decide_opening(
            found, by=people.keeper, now=NOW, opened=True, text="检查结论明确，同意立案核实。"
        )
    RoleAssignment.objects.create(
        institution_id=hospital.id, user=people.keeper, role="hospital_leader", valid_from="2020-01-01"
    )
    people.keeper.forget_grants()
    with pytest.raises(ValidationError, match="不能由提出的人"):
        actions.decide_opening(
            found, by=people.keeper, now=NOW, opened=True, text="检查结论明确，同意立案核实。"
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountabilityFile.objects.filter(pk=found.pk).update(opened_by=people.keeper, opened_at=NOW)


def test_only_the_person_states_and_appeals(people, heard):
    with pytest.raises(PermissionDenied):
        actions.make_statement(heard, by=people.head, now=NOW, text="他平时很认真。")
    actions.conclude(
        heard, by=people.keeper, now=LATER, conclusion="事实清楚，予以批评教育处理。", outcome="reminder"
    )
    with pytest.raises(PermissionDenied):
        actions.appeal(heard, by=people.head, now=LATER, text="处理过重。")
    with pytest.raises(ValidationError, match="已过"):
        actions.appeal(heard, by=people.doctor, now=LATER + timedelta(days=31), text="不服。")


# ---- who sees it


def seen_by(user) -> int:
    with scoped(scope_of(user, date(2026, 11, 23))):
        return AccountabilityFile.objects.count()


def test_the_person_and_the_keepers_see_it_and_nobody_else(people, heard):
    seen = {name: seen_by(getattr(people, name)) for name in ("keeper", "leader", "doctor", "head", "office")}
    assert seen == {"keeper": 1, "leader": 1, "doctor": 1, "head": 0, "office": 0}


def test_before_it_is_opened_the_person_is_not_troubled(people, proposed):
    found = proposed()
    assert seen_by(people.doctor) == 0
    actions.decide_opening(found, by=people.leader, now=NOW, opened=False, text="现有材料不足，不予立案。")
    assert seen_by(people.doctor) == 0
    assert not Notice.objects.exists()


def test_the_notice_says_not_what_about_and_goes_to_the_person_alone(people, heard):
    notice = Notice.objects.get()
    assert "手术" not in notice.title + notice.text
    assert list(Receipt.objects.values_list("user_id", flat=True)) == [people.doctor.pk]


def test_the_audit_trail_holds_no_words_of_it(people, heard):
    events = AuditEvent.objects.filter(subject__startswith="accountability_")
    assert events.exists()
    told = str(list(events.values_list("before", "after")))
    for words in ("手术前未执行核查", "三台手术", "确有疏漏", "医务科检查通报"):
        assert words not in told


@pytest.mark.parametrize(
    ("given", "ends"), [(date(2026, 11, 26), date(2027, 11, 26)), (date(2028, 2, 29), date(2029, 2, 28))]
)
def test_points_end_after_a_year(given, ends):
    assert rules.expires(given) == ends
