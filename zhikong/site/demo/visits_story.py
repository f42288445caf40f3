"""Two visits of the demo that are under way: one with two answers to choose from, one whose findings the head may speak to.

What phones sent goes through the same door as from a phone.
"""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime, timedelta
from io import BytesIO

from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.forms import queries as forms
from zhikong.foundation.forms.definition.model import YES_NO
from zhikong.foundation.organisation.queries import resolve
from zhikong.hospital.functions.inspections.actions.planning import plan_visits
from zhikong.hospital.functions.inspections.actions.planning.starting import prepare_visit
from zhikong.hospital.functions.inspections.actions.visiting import uploading
from zhikong.hospital.functions.inspections.actions.visiting.taking import take
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.visiting import Op
from zhikong.hospital.functions.inspections.rules_planning_visits import Named, VisitPlan
from zhikong.hospital.functions.inspections.rules_sync import batch

LEAD, MEMBER = "zhikong", "yuangan"
FORM = "infection_ward_check"
DAY = 86400


class Phone:
    """A phone of the story: its account, its counter, and how many seconds its clock is ahead."""

    def __init__(self, user: User, *, ahead: int = 0) -> None:
        self.user, self.ahead, self.seq, self.id = user, ahead, 0, str(uuid.uuid4())

    def op(self, kind: str, at: datetime, **said) -> dict:
        self.seq += 1
        clock = at + timedelta(seconds=self.ahead)
        return {"id": str(uuid.uuid4()), "seq": self.seq, "kind": kind, "at": clock.isoformat(), **said}

    def send(self, visit: Visit, now: datetime, *ops: dict) -> None:
        sent = {"device": self.id, "author": self.user.pk, "ops": list(ops)}
        sent["sent_at"] = (now + timedelta(seconds=self.ahead)).isoformat()
        visit.refresh_from_db()
        take(visit, batch(json.dumps(sent).encode()), by=self.user, now=now)

    def photograph(self, visit: Visit, now: datetime, word: str) -> str:
        media_id, content = str(uuid.uuid4()), _picture(word)
        said = uploading.Announced(media_id, "photo", len(content), f"{word}.jpg", "image/jpeg", self.id)
        uploading.receive(visit, said, by=self.user, now=now, offset=0, content=content)
        return media_id


def tell(*, now: datetime) -> bool:
    """The story, once; False when it has been told."""
    if Op.objects.exists():
        return False
    today = timezone.localdate(now)
    users = {name: User.objects.get(username=name) for name in (LEAD, MEMBER)}
    _under_way(_planned("ORTH", "病区消毒隔离抽查", users, today, now), users, now)
    _waiting(_planned("CARD", "感控月度检查", users, today, now), users, now)
    return True


def _planned(code: str, title: str, users: dict[str, User], today: date, now: datetime) -> Visit:
    department = resolve(name_or_code=code, on=today)
    plan = VisitPlan(
        planned_on=today,
        inspectors=(Named(users[LEAD].pk, lead=True), Named(users[MEMBER].pk)),
        department_id=department.id,
        title=title,
        form_ids=(FORM,),
    )
    visit = plan_visits(by=users[LEAD], now=now, plans=[plan])[0]
    prepare_visit(visit, by=users[LEAD], now=now)
    return visit


def _answers(
    phone: Phone, visit: Visit, at: datetime, no: tuple[str, ...] = (), skip: tuple[str, ...] = ()
) -> list:
    """Everything that is asked with yes or no, a few seconds apart."""
    sheet = visit.visit_sheets.select_related("sheet").get().sheet
    items = [
        item.id for item in forms.definition(sheet).items() if item.type in YES_NO and item.id not in skip
    ]
    return [
        phone.op(
            "answer", at + timedelta(seconds=20 * n), sheet=sheet.pk, item=item,
            value="no" if item in no else "yes", base=0,
        )
        for n, item in enumerate(items)
    ]  # fmt: skip


def _under_way(visit: Visit, users: dict[str, User], now: datetime) -> None:
    """Two inspectors on one sheet; the second one's phone is a day ahead and says otherwise at one item."""
    lead, member, at = Phone(users[LEAD]), Phone(users[MEMBER], ahead=DAY), now - timedelta(minutes=40)
    sheet = visit.visit_sheets.get().sheet_id
    lead.send(visit, now, *_answers(lead, visit, at, no=("soap",), skip=("cloth", "wet", "mop_color")))
    member.send(
        visit,
        now,
        member.op("answer", at + timedelta(minutes=5), sheet=sheet, item="tap_ok", value="no", base=0),
        member.op("note", at, sheet=sheet, item="tap_ok", value={"text": "左侧水龙头关不紧"}),
    )


def _waiting(visit: Visit, users: dict[str, User], now: datetime) -> None:
    """The inspectors have left; one thing was put right before their eyes; the head is asked for his views."""
    phone, at = Phone(users[LEAD]), now - timedelta(minutes=90)
    sheet = visit.visit_sheets.get().sheet_id
    phone.send(visit, now, *_answers(phone, visit, at, no=("towel", "sterile_valid")))
    before, after = phone.photograph(visit, now, "无菌包"), phone.photograph(visit, now, "干手纸")
    value = {"what": "当场换上干手纸并张贴洗手图", "who": "护士长", "after": [after]}
    hidden = {"media": before, "regions": [{"x": 0.55, "y": 0.1, "w": 0.35, "h": 0.25}]}
    phone.send(
        visit,
        now,
        phone.op("answer", at, sheet=sheet, item="sterile_valid__files", value=[before], base=0),
        phone.op("fixed", at, sheet=sheet, item="towel", value=value),
        phone.op("blur", at, value=hidden),
        phone.op("finish", now - timedelta(minutes=30), value={"note": "总体较好，无菌包效期管理要加强。"}),
    )


def _picture(word: str) -> bytes:
    """A drawn photograph: shelves, a sign, nobody."""
    from PIL import Image, ImageDraw

    picture, out = Image.new("RGB", (960, 720), "#dfe7ee"), BytesIO()
    draw = ImageDraw.Draw(picture)
    for shelf in range(3):
        top = 200 + 160 * shelf
        draw.rectangle((60, top, 900, top + 14), fill="#7b8794")
        for box in range(6):
            left = 80 + 134 * box
            draw.rectangle((left, top - 90, left + 110, top), fill="#f7f9fb", outline="#52606d", width=3)
            draw.rectangle((left + 14, top - 60, left + 96, top - 44), fill="#9fb3c8" if word else "#ffffff")
    draw.rectangle((560, 30, 880, 100), fill="#fff8d0", outline="#333333", width=3)
    draw.line([(590 + 40 * n, 50 + (n % 2) * 24) for n in range(8)], fill="#334e68", width=8)
    picture.save(out, format="JPEG")
    return out.getvalue()
