"""The ledger of planted events, recounted by plain loops over the tables: what it says, and nothing else."""

from collections import defaultdict
from datetime import timedelta

import pytest

HOUR = 60


@pytest.fixture(scope="module")
def rows(small) -> dict[str, list[dict]]:
    return {name: table.to_pylist() for name, table in small.tables.items()}


@pytest.fixture(scope="module")
def book(rows) -> dict[str, dict[tuple[str, str], dict]]:
    """rule -> (table, key) -> entry."""
    found: dict[str, dict] = defaultdict(dict)
    for row in rows["planted_events"]:
        assert (row["table"], row["key"]) not in found[row["rule"]], row
        found[row["rule"]][row["table"], row["key"]] = row
    return found


@pytest.fixture(scope="module")
def stays(rows) -> dict[str, dict]:
    return {row["stay_id"]: row for row in rows["stays"]}


def minutes(delta: timedelta) -> int:
    return round(delta.total_seconds() / 60)


def compare(entries: dict, table: str, measured: dict[str, int], limit: int) -> None:
    """Every key measured at the limit less one minute or later is entered, with its deviation and verdict."""
    expected = {key: taken - limit for key, taken in measured.items() if taken - limit >= -1}
    assert {key for _, key in entries} == set(expected)
    for key, over in expected.items():
        entry = entries[table, key]
        assert entry["deviation"] == over
        assert entry["verdict"] == ("fault" if over > 0 else "near_miss")


AFTER_ADMISSION = [("37", 8, "first_note_8_h"), ("34", 24, "admission_record_24_h")]
AFTER_DISCHARGE = [
    ("49", 24, "discharge_record_24_h"), ("50", 24, "death_record_24_h"), ("51", 168, "death_review_1_week"),
    ("32", 24, "front_page_24_h"), ("35", 24, "short_stay_record_24_h"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "hours", "rule"), AFTER_ADMISSION + AFTER_DISCHARGE)
def test_documents_with_a_limit(rows, stays, book, kind, hours, rule):
    start = "admitted_at" if (kind, hours, rule) in AFTER_ADMISSION else "discharged_at"
    taken = {
        row["document_id"]: minutes(row["signed_at"] - stays[row["stay_id"]][start])
        for row in rows["documents"]
        if row["type"] == kind
    }
    compare(book[rule], "documents", taken, hours * HOUR)


def test_rescue_and_transfusion_records(rows, book):
    ends = {f"rescues:{row['started_at']:%Y-%m-%dT%H:%M}": row for row in rows["rescues"]}
    ends = {(row["stay_id"], about): row["ended_at"] for about, row in ends.items()}
    taken = {}
    for row in rows["documents"]:
        if row["type"] == "44":
            taken[row["document_id"]] = minutes(row["signed_at"] - row["occurred_at"])
            known = ends.get((row["stay_id"], row["about"]))
            assert known is None or abs(minutes(known - row["occurred_at"])) <= 1
    compare(book["rescue_record_6_h"], "documents", taken, 6 * HOUR)
    given = {f"transfusions:{row['transfusion_id']}": row["ended_at"] for row in rows["transfusions"]}
    taken = {
        r["document_id"]: minutes(r["signed_at"] - given[r["about"]])
        for r in rows["documents"]
        if r["type"] == "13"
    }
    compare(book["transfusion_record_24_h"], "documents", taken, 24 * HOUR)


def test_critical_values_and_their_notes(rows, book):
    told = {f"results:{r['item']}@{r['at']:%Y-%m-%dT%H:%M}": r for r in rows["results"] if r["critical"]}
    told = {(row["stay_id"], about): row["notified_at"] for about, row in told.items()}
    taken = {}
    for row in rows["documents"]:
        if row["title"] == "危急值处理记录":
            taken[row["document_id"]] = minutes(row["signed_at"] - row["occurred_at"])
    compare(book["critical_value_note_6_h"], "documents", taken, 6 * HOUR)
    assert taken
    assert told


def test_consultations(rows, book):
    urgent, ordinary = {}, {}
    unanswered = set()
    for row in rows["consultations"]:
        if row["arrived_at"] is None:
            unanswered.add(row["consultation_id"])
        elif row["urgency"] == "urgent":
            urgent[row["consultation_id"]] = minutes(row["arrived_at"] - row["requested_at"])
        elif row["urgency"] == "routine":
            ordinary[row["consultation_id"]] = minutes(row["completed_at"] - row["requested_at"])
    # those never answered are entered as such; a time that they would have taken may stand beside it
    for rule, measured, limit in (
        ("urgent_consultation_10_min", urgent, 10),
        ("consultation_24_h", ordinary, 24 * HOUR),
    ):
        compare(
            {k: v for k, v in book[rule].items() if k[1] not in unanswered}, "consultations", measured, limit
        )
    assert {key for _, key in book["consultation_unanswered"]} == unanswered


def test_transfusions(rows, book):
    evaluated = {
        r["transfusion_id"]: minutes(r["evaluated_at"] - r["ended_at"])
        for r in rows["transfusions"]
        if r["evaluated_at"]
    }
    compare(book["transfusion_evaluation"], "transfusions", evaluated, 24 * HOUR)
    lasted = {r["transfusion_id"]: minutes(r["ended_at"] - r["started_at"]) for r in rows["transfusions"]}
    compare(book["transfusion_longest"], "transfusions", lasted, 4 * HOUR)
    junior = {r["transfusion_id"] for r in rows["transfusions"] if r["requester_level"] == "resident"}
    assert {key for _, key in book["transfusion_requester_level"]} == junior


def test_consents_before_what_they_allow(rows, book, stays):
    start = {(r["stay_id"], f"operations:{r['seq']}"): r["performed_at"] for r in rows["operations"]}
    kinds = {"operation": {}, "anaesthesia": {}, "special": {}, "admission": {}}
    for row in rows["consents"]:
        if row["kind"] == "admission":
            taken = minutes(row["signed_at"] - stays[row["stay_id"]]["admitted_at"])
            kinds["admission"][row["consent_id"]] = taken
        elif row["kind"] in kinds and row["signed_at"] and row["about"].startswith("operations"):
            taken = minutes(row["signed_at"] - start[row["stay_id"], row["about"]])
            kinds[row["kind"]][row["consent_id"]] = taken
    for kind in ("operation", "anaesthesia", "special"):
        compare(book[f"consent_before_{kind}"], "consents", kinds[kind], 0)
    compare(book["admission_talk_72_h"], "consents", kinds["admission"], 72 * HOUR)
    unsigned = {r["consent_id"] for r in rows["consents"] if r["signed_at"] is None}
    assert {key for _, key in book["consent_not_signed"]} == unsigned
    assert all(r["signer"] == "none" for r in rows["consents"] if r["consent_id"] in unsigned)


def test_nursing_assessments(rows, book, stays):
    moved = {key for _, key in book["feed_wrong_clock"]}
    taken = {}
    for row in rows["assessments"]:
        if row["kind"] == "admission":
            shift = timedelta(minutes=480) if row["assessment_id"] in moved else timedelta(0)
            taken[row["assessment_id"]] = minutes(row["at"] + shift - stays[row["stay_id"]]["admitted_at"])
    compare(book["first_nursing_assessment"], "assessments", taken, 8 * HOUR)
    assessed = {row["stay_id"] for row in rows["assessments"] if row["kind"] == "admission"}
    assert {key for _, key in book["first_nursing_assessment_missing"]} == set(stays) - assessed


def test_reports_of_infections_and_adverse_events(rows, book):
    taken = {
        r["infection_id"]: minutes(r["reported_at"] - r["confirmed_at"])
        for r in rows["infections"]
        if r["reported_at"]
    }
    compare(book["infection_report_24_h"], "infections", taken, 24 * HOUR)
    silent = {r["infection_id"] for r in rows["infections"] if r["reported_at"] is None}
    assert {key for _, key in book["infection_not_reported"]} == silent
    taken = {r["event_id"]: minutes(r["recorded_at"] - r["occurred_at"]) for r in rows["adverse_events"]}
    compare(book["adverse_event_24_h"], "adverse_events", taken, 24 * HOUR)


def test_the_first_preventive_dose(rows, book):
    cut: dict[str, list] = defaultdict(list)
    for row in rows["operations"]:
        if row["kind"] in ("surgery", "intervention"):
            cut[row["stay_id"]].append(row["performed_at"])
    lost = {row["stay_id"] for row in rows["planted_events"] if row["rule"] == "feed_missing"}
    first = {}
    for row in rows["medications"]:
        if row["purpose"] == "prophylaxis" and row["stay_id"] not in lost:
            before = minutes(min(cut[row["stay_id"]]) - row["given_at"])
            first[row["stay_id"]] = max(before, first.get(row["stay_id"], before))
    outside = {stay: max(30 - before, before - 120) for stay, before in first.items()}
    entries = {k: v for k, v in book["prophylaxis_before_incision"].items() if v["stay_id"] not in lost}
    assert {key: entry["deviation"] for (_, key), entry in entries.items()} == {
        s: o for s, o in outside.items() if o >= -1
    }


def test_prescriptions(rows, book):
    urgent = {row["visit_id"] for row in rows["visits"] if row["triage_level"]}
    lines, expected = defaultdict(list), set()
    for row in rows["prescriptions"]:
        lines[row["prescription_id"]].append(row)
        if row["days"] > (3 if row["visit_id"] in urgent else 7):
            expected.add(f"{row['prescription_id']}|{row['seq']}")
    faults = {key for (_, key), entry in book["prescription_days"].items() if entry["verdict"] == "fault"}
    assert faults == expected
    many = {f"{number}|1" for number, own in lines.items() if len(own) > 5}
    assert {k for (_, k), e in book["prescription_more_than_5"].items() if e["verdict"] == "fault"} == many
    blank = {f"{number}|1" for number, own in lines.items() if own[0]["reviewer"] is None}
    assert {key for _, key in book["prescription_not_reviewed"]} == blank


def test_signatures(rows, book):
    limited = {
        key
        for rule in book.values()
        for (table, key), e in rule.items()
        if table == "documents" and e["limit"] is not None
    }
    unsigned = {
        r["document_id"]
        for r in rows["documents"]
        if r["signed_at"] is None and r["type"] not in ("26", "27", "28", "29")
    }
    assert {key for _, key in book["signature_missing"]} >= unsigned
    papers = {row["document_id"]: row for row in rows["documents"]}
    for (_, key), entry in book["signature_late"].items():
        over = minutes(papers[key]["signed_at"] - papers[key]["written_at"]) - 24 * HOUR
        assert over == entry["deviation"]
        assert (over > 0) == (entry["verdict"] == "fault")
        assert key in limited


def test_what_is_missing_is_not_there(rows, book):
    papers = {row["document_id"] for row in rows["documents"]}
    checked = 0
    for rule, entries in book.items():
        for table, key in entries:
            if (
                rule.endswith("_missing")
                and table == "documents"
                and rule not in ("cosignature_missing", "signature_missing")
            ):
                assert key not in papers
                checked += 1
    assert checked
    for rule, table, name in (
        ("feed_missing", "medications", "medication_id"),
        ("consent_missing_operation", "consents", "consent_id"),
    ):
        there = {row[name] for row in rows[table]}
        assert not there & {key for _, key in book[rule]}


def test_charges_without_records_and_records_without_charges(rows, book):
    reported = {row["order_id"] for row in rows["results"]}
    charged = {row["order_id"] for row in rows["charges"]}
    exams = {row["order_id"] for row in rows["orders"] if row["kind"] == "exam"}
    free = {key for _, key in book["record_without_charge"]}
    resent = {key for _, key in book["order_resent"]}
    assert {key for _, key in book["charge_without_record"]} == exams - reported - resent
    assert not free & charged


def test_orders_that_came_twice(rows, book):
    same = defaultdict(list)
    for row in rows["orders"]:
        same[tuple(value for name, value in row.items() if name not in ("order_id", "status"))].append(
            row["order_id"]
        )
    twice = {max(ids) for ids in same.values() if len(ids) > 1}
    assert {key for _, key in book["order_resent"]} == twice
    assert twice


def test_near_misses_stand_at_the_minute(book):
    """Over all rules of time, one minute to spare, none, and one too late all occur."""
    seen = defaultdict(int)
    for entries in book.values():
        for entry in entries.values():
            if entry["deviation"] in (-1, 0, 1):
                seen[entry["deviation"], entry["verdict"]] += 1
    assert set(seen) == {(-1, "near_miss"), (0, "near_miss"), (1, "fault")}
    assert min(seen.values()) >= 5


def test_every_entry_names_a_row(rows, book, stays):
    keys = {
        "stays": "stay_id", "documents": "document_id", "consents": "consent_id", "orders": "order_id",
        "charges": "charge_id", "consultations": "consultation_id", "transfusions": "transfusion_id",
        "medications": "medication_id", "assessments": "assessment_id", "infections": "infection_id",
        "adverse_events": "event_id", "visit_records": "visit_id", "visits": "visit_id",
    }  # fmt: skip
    known = {table: {row[column] for row in rows[table]} for table, column in keys.items()}
    known["document_sections"] = {f"{r['document_id']}|{r['section']}" for r in rows["document_sections"]}
    known["prescriptions"] = {f"{r['prescription_id']}|{r['seq']}" for r in rows["prescriptions"]}
    known["condition_periods"] = {
        f"{r['kind']}@{r['started_at']:%Y-%m-%dT%H:%M}" for r in rows["condition_periods"]
    }
    known["results"] = {f"{r['item']}@{r['at']:%Y-%m-%dT%H:%M}" for r in rows["results"]}
    for rule, entries in book.items():
        gone = rule.endswith("_missing") or rule.startswith("consent_missing")
        for table, key in entries:
            assert gone or key in known[table], (rule, key)
    assert len(book) >= 45
