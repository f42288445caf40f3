"""A ward's records under review, for tests of actions and pages: people, charts, a queue that is filled."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.charts import AT, note, publish, stay

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # a Monday, 10:00 in the hospital
HISTORY = "患者 3 小时前无明显诱因出现胸痛，位于胸骨后，呈压榨样。"
PLAN = "完善检查，对症治疗。"


@dataclass
class Ward:
    """Cardiology: who writes, who reviews, and the records of October."""

    hospital: object
    department: object
    writer: object = None
    attending: object = None
    officer: object = None
    head: object = None
    reviewer: object = None
    office: object = None
    affairs: object = None
    cases: dict = field(default_factory=dict)

    def review(self, stay_id="Z1", stage="department"):
        from zhikong.hospital.functions.record_reviews.models import ReviewAssignment

        return ReviewAssignment.objects.get(case__stay_id=stay_id, stage=stage)

    def started(self, stay_id="Z1", *, by=None, now=NOW):
        """A department review that its officer has opened."""
        from zhikong.hospital.functions.record_reviews.actions.reviewing import marking

        return marking.begin(self.review(stay_id), by=by or self.officer, now=now)

    def finished(self, stay_id="Z1", *, marks=(), returned=(), now=NOW, by=None):
        """A finished department review; marks: (item, points, text)."""
        from zhikong.hospital.functions.record_reviews.actions.reviewing import finishing, marking

        by = by or self.officer
        review = self.started(stay_id, by=by, now=now)
        made = [
            marking.mark(review, by=by, now=now, item=item, points=Decimal(points), text=text)
            for item, points, text in marks
        ]
        marking.settle_rest(review, by=by, now=now, unknown=())
        chosen = [made[n].pk for n in returned]
        return finishing.finish(review, by=by, now=now, returned=chosen, text="请补记")


def person_of(hospital, user, number):
    """Give an account its staff number, as real ones have it."""
    from zhikong.foundation.organisation.models import Person

    user.person = Person.objects.create(institution_id=hospital.id, staff_number=number, name=str(user))
    user.save(update_fields=["person"])
    return user


@pytest.fixture(name="ward")
def ward_under_review(hospital, make_user):
    """Three discharged records of CARD in the queue, none of them started; the writer has an account."""
    from zhikong.foundation.patients.models import TreatingDepartment
    from zhikong.hospital.functions.record_reviews.actions.reviewing import assigning
    from zhikong.hospital.functions.record_reviews.models import ReviewSetting

    card = hospital.departments["CARD"]
    ward = Ward(hospital, card)
    ward.writer = person_of(hospital, make_user("physician", card, name="周强"), "D001")
    ward.attending = person_of(hospital, make_user("physician", card, name="吴刚"), "D002")
    ward.officer = make_user("qc_officer", card, name="郑洁")
    ward.head = make_user("department_head", card, name="李建国")
    ward.reviewer = make_user("record_reviewer", name="孙慧")
    ward.office = make_user("quality_office", name="王敏")
    ward.affairs = make_user("medical_affairs", name="何勇")
    stays = [stay(f"Z{n}") for n in (1, 2, 3)]
    notes = [
        note(one["stay_id"], n, kind, sections=parts, at=AT + timedelta(hours=n))
        for one in stays
        for n, (kind, parts) in enumerate(
            [
                ("31", (("主诉", "胸痛 3 小时"), ("现病史", HISTORY))),
                ("33", (("病例特点", HISTORY), ("诊疗计划", PLAN))),
            ],
            1,
        )
    ]
    publish(hospital, now=NOW, stays=stays, notes=notes)
    TreatingDepartment.objects.bulk_create(
        TreatingDepartment(institution_id=hospital.id, patient_key=one["patient_key"], department_id=card.id)
        for one in stays
    )
    ReviewSetting.objects.create(institution_id=hospital.id, self_check=False, escalated=["乙级", "丙级"])
    assigning.fill_queue(by=None, now=NOW, months=["2026-10"])
    return ward
