"""The attack on anonymous reports: with everything at rest, nobody is named more often than by chance.

The reports of a simulated month go through the real spool and the real job into the real database. The attacker gets
every row in every order that the database keeps (place on the page, transaction, key, row id of each table that the
job writes), the moment of each commit, the roster and all other requests. The whole month of 500 reports runs with
ZHIKONG_TEST_ALL=1; the short one shows the same with fewer, and that the suite notices each leak that is opened.
"""

import os
import random
import secrets
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from tests.attack.attackers import HOLD, Row, judged
from tests.attack.month import HOUR, SHIFTS, simulated
from tests.speaking import Writer
from zhikong.hospital.functions.incidents.actions.anonymous import committing, depositing
from zhikong.hospital.functions.incidents.models.anonymous import AnonymousTaken
from zhikong.hospital.functions.incidents.spool import slots, tickets
from zhikong.hospital.functions.incidents.spool.places import places

START = datetime(2026, 10, 1, tzinfo=UTC)
ALL = os.environ.get("ZHIKONG_TEST_ALL") == "1"
REPORTS = 500 if ALL else 70
LEAKY = 55
TABLES = {
    "incidents_incident": "t.once",
    "incidents_incidentcontent": "(SELECT once FROM incidents_incident i WHERE i.id = t.incident_id)",
    "incidents_anonymousthread": "replace(t.id::text, '-', '')",
    "incidents_anonymoustaken": "replace(t.id::text, '-', '')",
    "outbox_announcement": "(SELECT once FROM incidents_incident i WHERE i.id = (t.payload->>'incident_id')::bigint)",
}


@pytest.fixture
def lots(monkeypatch):
    """The same lots in every run: a proof must not depend on luck."""
    drawn = random.Random(20261122)
    for name, like in (
        ("randbelow", drawn.randrange),
        ("choice", drawn.choice),
        ("randbits", drawn.getrandbits),
    ):
        monkeypatch.setattr(secrets, name, like)
    monkeypatch.setattr(committing, "_lots", drawn)
    return drawn


@pytest.fixture
def run(settings, tmp_path, hospital, lots):
    """run(month, every=…) → what an attacker gets."""
    settings.SPEAK_SLOTS = 64
    settings.SPEAK_HOLD_HOURS = HOLD
    Writer(settings, tmp_path)
    return lambda month, every=HOUR: _month_passes(month, hospital, every)


def _month_passes(month, hospital, every):
    """Reports go into the spool at their moments; the job runs at each full hour (or oftener: a leak)."""
    names, seen = {}, {}
    waiting = list(month.written)
    rooms = [d.id for d in hospital.departments.values()]
    end = max(one.at for one in waiting) + 26 * HOUR
    now = 0.0
    while now < end:
        now += every
        came = False
        while waiting and waiting[0].at <= now:
            one = waiting.pop(0)
            names[_send(one, hospital.id, rooms[one.room % len(rooms)]).hex] = one
            came = True
        if not came and now % HOUR:
            continue
        if slots.waiting(places()):
            committing.commit(now=START + timedelta(seconds=now))
            for taken in AnonymousTaken.objects.exclude(pk__in=list(seen)).values_list("pk", flat=True):
                seen[taken] = now
    seen = {taken.hex: at for taken, at in seen.items() if taken.hex in names}
    orders = _orders(names)
    assert set(seen) == set(names), "every report has arrived, each once"
    return [Row(o.name, o.room, o.day, o.shift, seen[n], orders[n]) for n, o in names.items()]


def _send(one, institution, room):
    """As the page does it, with the moment of the simulation; the key's slow hash is not what is tried here."""
    ticket = tickets.Ticket(random.Random(one.name).randbytes(16))
    fields = {
        "privacy": "anonymous", "what": one.name, "occurred_on": (date(2026, 10, 1) + timedelta(days=one.day)).isoformat(),
        "department_id": room, "shift": one.shift, "harm": "C", "source": "speak", "patient": {},
        "lock": {"number": ticket.number, "salt": "00" * 16, "key_hash": "00" * 32},
    }  # fmt: skip
    at = START.timestamp() + one.at
    depositing.deposit(ticket=ticket, institution=institution, kind="report", fields=fields, now=at)
    return ticket.record


def _orders(names):
    """Record → each order in which the database keeps its rows. Ties (one transaction) are no order."""
    found = {name: {} for name in names}
    with connection.cursor() as cursor:
        for table, record in TABLES.items():
            for column in ("ctid", "xmin::text::bigint", "id"):
                cursor.execute(f"SELECT {record}, t.{column} FROM {table} t ORDER BY t.{column}")
                for place, (name, _value) in enumerate(cursor.fetchall()):
                    if name in found:
                        found[name][f"{table} by {column}"] = place
    return found


def worst(results):
    return max(results, key=lambda one: one.right - one.most)


def told(results):
    """One line an attacker, for whoever runs it with -s."""
    return "\n".join(
        f"{r.right:4d} right, chance {r.expected:.1f}, at most {r.most:.1f}: {r.attacker}" for r in results
    )


@pytest.mark.proves("EVT-01")
def test_nobody_is_named_oftener_than_by_chance(run):
    month = simulated(REPORTS, seed=8)
    results = judged(month, run(month))
    assert len(results) == 5 + 3 * len(TABLES)
    assert not worst(results).beats_chance, told(results)


def test_the_suite_notices_reports_that_are_taken_over_at_once(run, settings, monkeypatch):
    monkeypatch.setattr(depositing, "due_after", lambda now: 0)
    month = simulated(LEAKY, seed=9)
    results = judged(month, run(month, every=60))
    assert worst(results).beats_chance, told(results)


def test_why_a_report_waits_for_more_than_the_next_full_hour():
    """Moments alone, without the database: the hour of a row tells; a lot among a day's hours does not."""
    month, lots = simulated(1500, seed=12), random.Random(12)

    def rows(hold):
        for one in month.written:
            seen = (one.at // HOUR + 1 + lots.randrange(hold)) * HOUR
            yield Row(one.name, one.room, one.day, one.shift, seen, {})

    assert worst(judged(month, list(rows(1)))).beats_chance
    assert not worst(judged(month, list(rows(HOLD)))).beats_chance


def test_the_suite_notices_rows_in_the_order_of_arrival(run, monkeypatch, lots):
    """Many reports in one hour, so that order is all there is: without the shuffle it names their writers."""
    month = _crowded(simulated(LEAKY, seed=10))
    monkeypatch.setattr(depositing, "due_after", lambda now: 0)
    assert not worst([r for r in judged(month, run(month)) if r.attacker.startswith("order")]).beats_chance
    in_order = iter(range(10**9))
    monkeypatch.setattr(
        secrets, "choice", lambda free: free[0] if isinstance(free, list) else lots.choice(free)
    )
    monkeypatch.setattr(committing._lots, "shuffle", lambda found: next(in_order))
    month.written = [replace(one, name=f"{one.name} again") for one in month.written]
    results = judged(month, run(month))
    assert worst([r for r in results if r.attacker.startswith("order")]).beats_chance, told(results)


def _crowded(month):
    """All reports of the same shifts in one hour, one after the other, each right after a request of its writer."""
    key = next(k for k, people in month.roster.items() if k[2] == "morning" and len(people) >= 6)
    room, day, shift = key
    begin = day * 24 * HOUR + SHIFTS[shift] * HOUR
    people = month.roster[key]
    for person in people:
        month.clicks[person] = []
    written = []
    for number, one in enumerate(month.written):
        at = begin + (number + 0.5) * HOUR / len(month.written)
        person = people[(number * 7) % len(people)]
        month.clicks[person].append(at - 5)
        written.append(replace(one, person=person, room=room, day=day, shift=shift, at=at))
    month.written = written
    return month


def test_the_spool_shows_no_order_and_no_moment_to_whoever_copies_it(run, lots):
    """Slots are drawn by lot: their numbers say nothing of the order in which reports came."""
    from scipy.stats import kendalltau

    month = simulated(40, seed=11)
    arrived = []
    for one in month.written:
        record = _send(one, 1, None)
        arrived.append(record)
    private = {}
    found, _lost = committing._opened(places(), slots.waiting(places()))
    for slot in found:
        private[slot.record.id] = slot.slot.slot
    assert abs(kendalltau(range(40), [private[r] for r in arrived]).statistic) < 0.35
    assert places().slots.stat().st_mtime == slots.NO_TIME[1]
    assert time.time() - slots.NO_TIME[1] > 20 * 365 * 24 * HOUR
