"""A year of incidents that came over from an older system, so that learning has something to count: coded fields only.

Wards report as their beds let expect, but for one that is silent; in one ward falls crowd together in three weeks of
autumn. That cluster is found by the search, not written by hand. Some changes are on the wards' walls already.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

from zhikong.foundation.access.models import User
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts.bed_days import bed_days, known_until
from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.actions.learning import releasing, scanning
from zhikong.hospital.functions.incidents.models.handling import Handling
from zhikong.hospital.functions.incidents.models.learning import ClusterScan
from zhikong.hospital.functions.incidents.models.reporting import Incident, IncidentContent, ReporterIdentity
from zhikong.hospital.functions.incidents.queries.reporting import envelopes, reading
from zhikong.hospital.functions.incidents.rules_reporting import Privacy, State, suggested_level

YEAR, COUNT = 365, 290
SILENT, CROWDED = "ONCO", "GERI"  # 肿瘤科：沉默；老年医学科：跌倒聚集
OFFICE = "zhikong"
WORDS = "从原不良事件系统导入，只有编码字段，没有叙述。"
NOBODY = {"account": None, "name": "原系统的报告人（没有导入）", "staff_number": "", "department": ""}
# category, weight, letters, shifts, places
KINDS = (
    ("fall", 22, "CCDDEEF", ("night", "night", "evening", "morning"), ("bathroom", "ward_room", "corridor")),
    ("medication", 20, "AABBBCCD", ("morning", "afternoon", "night"), ("treatment", "nurse_station", "ward_room")),
    ("adr", 16, "DDEEF", ("morning", "afternoon"), ("ward_room",)),
    ("tube", 12, "CCDE", ("night", "evening", "afternoon"), ("ward_room", "icu")),
    ("pressure_injury", 8, "DEE", ("unknown",), ("ward_room", "icu")),
    ("specimen", 8, "BBC", ("morning", "morning", "afternoon"), ("laboratory", "nurse_station")),
    ("identification", 7, "ABBC", ("morning", "afternoon"), ("treatment", "ward_room")),
    ("equipment", 6, "ABC", ("morning", "afternoon", "night"), ("ward_room", "icu", "theatre")),
    ("communication", 5, "ABC", ("evening", "night"), ("nurse_station",)),
    ("infection", 4, "EEF", ("unknown",), ("ward_room", "icu")),
)  # fmt: skip
CHANGES = (
    ("夜里去卫生间的路太暗，差点绊倒", "病房到卫生间装了感应地灯，护士夜里按时看一次高风险患者"),
    ("两种药盒长得太像，摆在一起容易拿错", "相似药品分开放，贴了醒目标识，取药要扫码"),
    ("标本管标签打印了两次，怕贴错人", "床旁现打现贴，系统不再允许重复打印"),
    ("躁动患者的管路夜里容易被拔掉", "统一用了新的固定装置，交接班时一起核对长度"),
)


def tell(*, now: datetime) -> None:
    """Once; a second start finds everything there."""
    last = known_until()
    if last is None or ClusterScan.objects.exists():
        return
    dice, wards, names = Random(808), _wards(last), organisation.names(on=last)
    with neutral.nobody():
        made = _rows(dice, wards, last)
        Incident.objects.bulk_create(made)
        IncidentContent.objects.bulk_create([_content(one) for one in made])
        ReporterIdentity.objects.bulk_create(
            [_identity(one, names[one.department_id]) for one in made if one.privacy != Privacy.ANONYMOUS]
        )
        Handling.objects.bulk_create([_handling(one, dice) for one in made])
    _changes(made, wards, now)
    scanning.scan(by=None, now=now)


def _wards(last: date) -> dict[str, tuple[int, float]]:
    """Code -> (department, open bed-days of the year) of departments with beds."""
    beds = bed_days(last - timedelta(days=YEAR - 1), last)
    known = {one.code: one.id for one in organisation.departments(on=last)}
    days = {code: beds.total("open", [code], last - timedelta(days=YEAR - 1), last) for code in beds.open}
    return {code: (known[code], days[code]) for code in sorted(days) if code in known and days[code]}


def _rows(dice: Random, wards: dict[str, tuple[int, float]], last: date) -> list[Incident]:
    open_wards = [code for code in wards if code != SILENT]
    weights = [wards[code][1] for code in open_wards]
    made = []
    for ward in dice.choices(open_wards, weights, k=COUNT):
        kind = dice.choices(KINDS, [one[1] for one in KINDS])[0]
        made.append(_row(dice, kind, wards[ward][0], last - timedelta(days=dice.randrange(YEAR))))
    if CROWDED in wards:
        made += [
            _row(dice, KINDS[0], wards[CROWDED][0], last - timedelta(days=n))
            for n in (33, 31, 28, 27, 24, 21, 18, 15)
        ]
    if SILENT in wards:
        made.append(_row(dice, KINDS[1], wards[SILENT][0], last - timedelta(days=200)))
    return made


def _row(dice: Random, kind, department: int, day: date) -> Incident:
    category, _weight, letters, shifts, places = kind
    privacy = dice.choices((Privacy.NAMED, Privacy.CONFIDENTIAL, Privacy.ANONYMOUS), (55, 27, 18))[0].value
    harm = dice.choice(letters)
    told = datetime(day.year, day.month, day.day, dice.choice((1, 6, 9, 12)), tzinfo=UTC) + timedelta(
        days=dice.choice((0, 0, 0, 1))
    )
    return Incident(
        institution_id=current_scope().institution_id, privacy=privacy, category=category, harm=harm,
        level=suggested_level(harm), department_id=department, occurred_on=day, shift=dice.choice(shifts),
        place=dice.choice(places), reported_at=told, state=State.CLOSED, reader_roles=reading.reader_roles(),
    )  # fmt: skip


def _content(incident: Incident) -> IncidentContent:
    row = IncidentContent(institution_id=incident.institution_id, incident=incident)
    row.sealed = envelopes.seal(
        {"what": WORDS, "done": "", "where": "", "patient": {}, "source": "import"}, row, envelopes.CONTENT
    )
    return row


def _identity(incident: Incident, ward: str) -> ReporterIdentity:
    row = ReporterIdentity(
        institution_id=incident.institution_id, incident=incident, privacy=incident.privacy,
        owner=envelopes.owner_of(-incident.pk), reader_roles=reading.identity_roles(incident.privacy),
    )  # fmt: skip
    row.sealed = envelopes.seal(NOBODY | {"department": ward}, row, envelopes.IDENTITY)
    return row


def _handling(incident: Incident, dice: Random) -> Handling:
    answered = incident.reported_at + timedelta(hours=dice.choice((3, 8, 20, 26, 50, 75, 140)))
    return Handling(
        institution_id=incident.institution_id, incident=incident, task_key=neutral.new_key(), office="quality_office",
        known_at=incident.reported_at, answered_at=answered if dice.random() < 0.85 else None,
    )  # fmt: skip


def _changes(made: list[Incident], wards: dict[str, tuple[int, float]], now: datetime) -> None:
    """A few sentences on the walls of the wards whose names come first."""
    office = User.objects.filter(username=OFFICE, is_active=True).first()
    kinds = ("fall", "medication", "specimen", "tube")
    for (said, changed), category in zip(CHANGES, kinds, strict=True):
        incident = next((one for one in made if one.category == category), None)
        if office is not None and incident is not None:
            releasing.release(
                by=office, now=now, incident=incident, said=said, changed=changed,
                since=incident.occurred_on + timedelta(days=20), checked=True,
            )  # fmt: skip
