"""How a draft of a new form begins; each way ends in the pack store."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.forms.building import documents, outline
from zhikong.foundation.forms.building.documents import Data, chinese
from zhikong.foundation.forms.building.editing import FORM
from zhikong.foundation.forms.exchange import arriving
from zhikong.foundation.packstore import actions as packstore
from zhikong.foundation.packstore import queries
from zhikong.foundation.packstore.models import Version
from zhikong.foundation.packstore.rules import Act

OWN_SOURCE = {"document": "本院制度", "mark": "memory"}
OFFICES = ("quality_office", "medical_affairs", "nursing")
REVIEW_DAYS = 365


@transaction.atomic
def blank(*, by, now: datetime, title: str, kind: str, purpose: str = "") -> Version:
    """A form with one empty section; who made it owns it, another office checks it."""
    name = queries.free_id(FORM)
    data = {
        "id": name,
        "version": 1,
        "kind": kind,
        "title": {"zh": title.strip()},
        "purpose": purpose.strip()
        or _("记录“%(title)s”的情况，供科室和职能部门改进。") % {"title": title.strip()},
        "source": OWN_SOURCE,
        **_responsible(by, now),
        "subject": "department",
        "sections": [{"id": "section_1", "title": _("第 1 部分"), "items": []}],
    }
    return _save(name, data, by=by, now=now)


@transaction.atomic
def copy(*, by, now: datetime, source: str, title: str = "") -> Version:
    """A copy of the form in force under a new id; whoever changes it does not touch the original."""
    found = queries.resolve(FORM, source, on=timezone.localdate(now))
    if found is None:
        raise outline.EditError(_("这份表单已经停用，请另选一份。"))
    name = queries.free_id(FORM)
    data = documents.read(found.text)
    old = chinese(data.get("title"))
    data |= {
        "id": name,
        "version": 1,
        "title": {"zh": title.strip() or old + outline.COPY},
        **_responsible(by, now),
    }
    return _save(name, data, by=by, now=now)


@transaction.atomic
def from_file(*, by, now: datetime, file) -> Version:
    """The form that a file holds, as a draft. Raises arriving.Refused with every row that is wrong."""
    name = queries.free_id(FORM)
    start = {
        "id": name,
        "version": 1,
        "kind": "checklist",
        "title": {"zh": file.name.rsplit(".", 1)[0][:80]},
        "purpose": _("从文件 %(name)s 导入，请写明为什么填、填了给谁看。") % {"name": file.name},
        "source": OWN_SOURCE,
        **_responsible(by, now),
    }
    data = arriving.definition(file.name, file.read(), start=start)
    wanted = data["id"]
    if wanted != name and queries.is_known(FORM, wanted):
        data["id"] = name  # a form of that id exists: the file becomes a form of its own, nothing is replaced
    return _save(data["id"], data, by=by, now=now, act=Act.IMPORT)


def _save(name: str, data: Data, *, by, now: datetime, act: Act | None = None) -> Version:
    text = documents.write(data)
    return packstore.save_draft(by=by, now=now, kind=FORM, definition_id=name, text=text, act=act)


def _responsible(by, now: datetime) -> Data:
    """Owner: the office of whoever begins; checker: another office; looked at again after a year."""
    roles = [grant.role.code for grant in by.grants()]
    owner = next((role for role in OFFICES if role in roles), OFFICES[0])
    checker = next(role for role in OFFICES if role != owner)
    due = timezone.localdate(now) + timedelta(days=REVIEW_DAYS)
    return {"owner": owner, "checker": checker, "next_review": due}
