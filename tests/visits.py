"""A visit to a ward for tests: two inspectors with a phone each, the ward's head, and what phones send."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a Monday, 09:00 in the hospital
FORM = "infection_ward_check"


def new_id():
    return str(uuid.uuid4())


def photo(color="navy", size=(640, 480)):
    """Bytes of a JPEG with something to see: stripes in a colour."""
    from PIL import Image, ImageDraw

    out, picture = BytesIO(), Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    for x in range(0, size[0], 20):
        draw.rectangle((x, 0, x + 9, size[1]), fill=color)
    picture.save(out, format="JPEG")
    return out.getvalue()


@dataclass
class Phone:
    """A phone of one inspector: its counter, and how its clock is off (seconds ahead)."""

    user: object
    id: str = field(default_factory=new_id)
    ahead: int = 0
    seq: int = 0

    def op(self, kind, *, at=NOW, **said):
        """One op as the phone makes it; at: the true time of it."""
        self.seq += 1
        clock = at + timedelta(seconds=self.ahead)
        return {"id": new_id(), "seq": self.seq, "kind": kind, "at": clock.isoformat(), **said}

    def answer(self, sheet, item, value, *, base=0, at=NOW):
        return self.op("answer", sheet=sheet.pk, item=item, value=value, base=base, at=at)

    def body(self, *ops, now=NOW, **more):
        """A batch as JSON text."""
        sent = (now + timedelta(seconds=self.ahead)).isoformat()
        return json.dumps(
            {"device": self.id, "author": self.user.pk, "sent_at": sent, "ops": list(ops), **more}
        )


@dataclass
class Round:
    """The visit, its one sheet, and the people."""

    hospital: object
    visit: object
    lead: object
    member: object
    head: object

    @property
    def sheet(self):
        from zhikong.foundation.forms.models import Sheet

        return Sheet.objects.get(visit_sheet__visit=self.visit)

    @property
    def answers(self):
        return self.sheet.answers

    @staticmethod
    def as_user(user):
        """The scope of a request of this person: a cross inspector sees no more of the ward than the visit."""
        from zhikong.foundation.access.queries import scope_of
        from zhikong.foundation.access.scope import scoped

        return scoped(scope_of(user, NOW.date()))

    def sends(self, phone, *ops, now=NOW):
        """The phone syncs; gives the results in the order of the ops."""
        from zhikong.hospital.functions.inspections.actions.visiting.taking import take
        from zhikong.hospital.functions.inspections.rules_sync import batch

        sent = batch(phone.body(*ops, now=now).encode())
        with self.as_user(phone.user):
            self.visit.refresh_from_db()
            return take(self.visit, sent, by=phone.user, now=now).results

    def brings(
        self, phone, content, *, media_id=None, kind="photo", name="a.jpg", type="image/jpeg", wish=None
    ):
        """The phone uploads a photo whole; gives its id."""
        from zhikong.hospital.functions.inspections.actions.visiting.uploading import Announced, receive

        media_id = media_id or new_id()
        said = Announced(media_id, kind, len(content), name, type, phone.id, wish)
        with self.as_user(phone.user):
            for start in range(0, len(content), 512 * 1024):
                piece = content[start : start + 512 * 1024]
                receive(self.visit, said, by=phone.user, now=NOW, offset=start, content=piece)
        return media_id

    def all_yes(self, phone, but=()):
        """Answers to everything that is asked with yes or no, except some items."""
        from zhikong.foundation.forms import queries

        items = [i.id for i in queries.definition(self.sheet).items() if i.type.value.startswith("yes_no")]
        return [self.answer(phone, item, "yes") for item in items if item not in but]

    def answer(self, phone, item, value, *, base=0, at=NOW):
        return phone.answer(self.sheet, item, value, base=base, at=at)


def make_round(hospital, make_user, form=FORM):
    """A visit of cardiology by the quality office and a head nurse of surgery, prepared for the phones."""
    from zhikong.hospital.functions.inspections.actions.planning import plan_visits
    from zhikong.hospital.functions.inspections.actions.planning.starting import prepare_visit
    from zhikong.hospital.functions.inspections.rules_planning_visits import Named, VisitPlan

    ward, surgery = hospital.departments["CARD"], hospital.departments["GSUR"]
    lead = make_user("quality_office", name="王敏")
    member = make_user("head_nurse", surgery, name="孙护")
    head = make_user("department_head", ward, name="李建国")
    plan = VisitPlan(
        planned_on=NOW.date(),
        inspectors=(Named(lead.pk, lead=True), Named(member.pk)),
        department_id=ward.id,
        title="感控检查",
        form_ids=(form,),
    )
    visit = plan_visits(by=lead, now=NOW, plans=[plan])[0]
    prepare_visit(visit, by=lead, now=NOW)
    return Round(hospital, visit, lead, member, head)
