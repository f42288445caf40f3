"""The ledger against a recount of the tables by plain Python loops that share no code with it."""

from collections import defaultdict
from datetime import datetime, timedelta

import pytest

from tests.unit.simulator.recount_records import of_records
from zhikong.simulator import Simulation
from zhikong.simulator.ledger import ledger

SURGICAL = {"surgery", "intervention"}
COMPLICATIONS = ("T81.0", "T81.1", "T81.3", "T81.7", "T81.8", "T81.9", "A40", "A41.0", "I26.9", "R96", "J96",
                 "E86", "I80.2")  # fmt: skip
FEES = {
    "drug_share": ("western_drug_fee", "chinese_patent_drug_fee", "herbal_drug_fee"),
    "material_share": ("exam_material_fee", "treatment_material_fee", "surgery_material_fee"),
    "antibacterial_share": ("antibacterial_fee",),
    "medical_service_share": ("medical_service_fee",),
    "nursing_fee_share": ("nursing_fee",),
    "laboratory_share": ("lab_fee",),
    "imaging_share": ("imaging_fee",),
    "surgery_fee_share": ("surgery_fee",),
    "self_paid_share": ("self_paid_fee",),
}
DISEASES = {
    "ami": (("I21",), 0),
    "heart_failure": (("I11.0", "I13.0", "I13.2", "I50"), 0),
    "pneumonia": (("J13", "J14", "J15", "J18"), 18),
    "stroke": (("I63",), 0),
    "copd": (("J44.0", "J44.1", "J44.9"), 0),
}


def of_stay(stay: dict, child: dict[str, list[dict]]):
    """Yields (key, numerator, denominator or None) of one stay."""
    yield from front_page(stay, child)
    yield from surgery(stay, child)
    yield from timeliness(stay, child)
    yield from other_readings(stay, child)
    yield from care(stay, child)
    yield from of_records(stay, child)
    total = stay["total_fee"]
    yield "mean_cost", total, 1
    for key, columns in FEES.items():
        yield key, sum(stay[column] for column in columns), total
    yield "antibacterial_of_drugs", stay["antibacterial_fee"], sum(stay[c] for c in FEES["drug_share"])
    for disease, (prefixes, age) in DISEASES.items():
        if stay["principal_diagnosis"].startswith(prefixes) and stay["age_years"] >= age:
            yield f"{disease}_cases", 1, None
            yield f"{disease}_days", stay["days"], 1
            yield f"{disease}_cost", total, 1
            yield f"{disease}_mortality", stay["discharge_way"] == "5", 1


def front_page(stay: dict, child):
    confirmed = (stay["confirmed_on"] - stay["admitted_at"].date()).days
    yield "discharges", 1, None
    yield "average_length_of_stay", stay["days"], 1
    yield "inpatient_mortality", stay["discharge_way"] == "5", 1
    yield "stays_over_30_days", stay["days"] > 30, 1
    yield "non_medical_order_discharges", stay["discharge_way"] == "4", 1
    yield "transfers_out", stay["discharge_way"] == "2", 1
    yield "transfers_to_community", stay["discharge_way"] == "3", 1
    yield "emergency_admissions", stay["admission_route"] == "1", 1
    yield "elderly_share", stay["age_years"] >= 65, 1
    yield "infant_share", stay["age_years"] == 0, 1
    yield "diagnosis_within_three_days", confirmed <= 3, 1
    for key in ("admission_discharge", "outpatient_discharge", "preop_postop", "clinical_pathology",
                "clinical_radiology"):  # fmt: skip
        if stay[f"{key}_match"] in ("1", "2"):
            yield f"{key}_agreement", stay[f"{key}_match"] == "1", 1
    yield "grade_a_records", stay["record_grade"] == "1", 1
    yield "grade_b_records", stay["record_grade"] == "2", 1
    yield "grade_c_records", stay["record_grade"] == "3", None
    yield "rescue_success", stay["rescue_successes"], stay["rescues"]
    yield "transfusion_share", stay["transfusion_reaction"] != "0", 1
    if stay["transfusion_reaction"] != "0":
        yield "transfusion_reactions", stay["transfusion_reaction"] == "1", 1
    yield "icu_share", bool(child["icu_stays"]), 1
    yield "ventilator_share", stay["ventilator_hours"] > 0, 1
    nursing = sum(stay[f"nursing_{level}_days"] for level in ("special", "1", "2", "3"))
    yield "nursing_special_share", stay["nursing_special_days"], nursing
    yield "nursing_1_share", stay["nursing_1_days"], nursing
    yield "nursing_level_two_share", stay["nursing_2_days"], nursing
    yield "nursing_level_three_share", stay["nursing_3_days"], nursing
    if stay["discharge_way"] != "5":
        soon = stay["next"] is not None and stay["next"] - stay["discharged_at"] <= timedelta(days=31)
        yield "unplanned_readmission_31d", soon and stay["readmission_planned"] == "1", 1


def care(stay: dict, child):
    """Blood, anaesthesia, intensive care and critical values."""
    if child["icu_stays"]:
        yield "icu_mortality", stay["discharge_way"] == "5", 1
    for result in child["results"]:
        if result["critical"]:
            yield "critical_value_notified", result["notified_at"] is not None, 1
            soon = result["notified_at"] - result["at"] <= timedelta(minutes=10)
            yield "critical_value_notified_in_time", soon, 1
    cut = [row for row in child["operations"] if row["kind"] in SURGICAL]
    red = (stay["red_cells_units"] or 0) * 200 + (stay["whole_blood_ml"] or 0)
    own = stay["autologous_ml"] or 0
    yield "blood_per_discharge", red + (stay["plasma_ml"] or 0), 1
    minor, major = (sum(row["grade"] in grades for row in cut) for grades in ({"1", "2"}, {"3", "4"}))
    if major:
        yield "blood_per_major_operation", red, major
    elif minor:
        yield "blood_per_minor_operation", red, minor
    if cut:
        yield "autologous_blood_share", own, own + red
        if own + red >= 400:
            yield "autologous_transfusion_patients", own >= 400, 1
    for row in child["operations"]:
        if row["anaesthetist"]:
            yield from asleep(stay, row)


def asleep(stay: dict, row: dict):
    dead = stay["discharge_way"] == "5"
    soon = stay["discharged_at"] - row["performed_at"] <= timedelta(days=1)
    yield "death_within_24_hours_of_anaesthesia", dead and soon, 1
    yield "emergency_anaesthesia_share", not row["elective"], 1
    if row["anaesthesia"]:
        yield "general_anaesthesia_share", row["anaesthesia"] == "1", 1


def other_readings(stay: dict, child):
    for key in ("admission_discharge", "outpatient_discharge", "preop_postop", "clinical_pathology",
                "clinical_radiology"):  # fmt: skip
        if stay[f"{key}_match"] in ("1", "2", "3"):
            yield f"{key}_agreement_of_valued", stay[f"{key}_match"] == "1", 1
    yield "grade_b_or_c_records", stay["record_grade"] in ("2", "3"), 1
    yield "transfers_out_all", stay["discharge_way"] in ("2", "3"), 1
    nursing = sum(stay[f"nursing_{level}_days"] for level in ("special", "1", "2", "3"))
    yield "nursing_special_or_1_share", stay["nursing_special_days"] + stay["nursing_1_days"], nursing
    yield "antibacterial_of_western", stay["antibacterial_fee"], stay["western_drug_fee"]
    labour = stay["medical_service_fee"] + stay["nursing_fee"] + stay["surgery_fee"]
    yield "labour_fee_share", labour, stay["total_fee"]
    for key, kind, start in (("admission", "34", "admitted_at"), ("discharge", "49", "discharged_at")):
        limit = stay[start] + timedelta(hours=24)
        signed = [row for row in child["documents"] if row["type"] == kind and row["signed_at"] <= limit]
        yield f"{key}_record_24h_of_all", bool(signed), 1
        owed = all(row["type"] not in ("35", "36") for row in child["documents"])
        if owed and (key == "admission" or stay["discharge_way"] != "5"):
            yield f"{key}_record_24h_of_owed", bool(signed), 1
    planned = stay["readmission_planned"] == "2" or stay["principal_diagnosis"].startswith(("Z49", "Z51"))
    if stay["discharge_way"] != "5" and not planned:
        soon = stay["next"] is not None and stay["next"] - stay["discharged_at"] <= timedelta(days=31)
        yield "unplanned_readmission_31d_of_unplanned", soon, 1
    if stay["principal_diagnosis"].startswith(("J44.0", "J44.1")):
        yield "copd_exacerbation_days", stay["days"], 1
        yield "copd_exacerbation_mortality", stay["discharge_way"] == "5", 1
    others = [row for row in child["diagnoses"] if row["kind"] == "other" and row["on_admission"] == "4"]
    for key, prefixes in (
        ("acquired_pneumonia", ("J12", "J13", "J14", "J15", "J16", "J18")),
        ("acquired_pressure_injury", ("L89",)),
        ("acquired_thrombosis", ("I26", "I80.1", "I80.2", "I82.8")),
    ):
        yield key, any(row["code"].startswith(prefixes) for row in others), 1


def surgery(stay: dict, child):
    knives = [row for row in child["operations"] if row["kind"] in SURGICAL]
    yield "surgical_share", bool(knives), 1
    if knives:
        yield "surgical_mortality", stay["discharge_way"] == "5", 1
        yield "minimally_invasive_share", any(row["minimally_invasive"] for row in knives), 1
        yield "grade_4_share", any(row["grade"] == "4" for row in knives), 1
        yield "unplanned_returns", any(row["unplanned_return"] for row in child["operations"]), 1
    if any(row["elective"] for row in knives):
        yield "day_surgery_share", stay["day_surgery"], 1
    others = [row for row in child["diagnoses"] if row["kind"] == "other"]
    if knives and stay["principal_diagnosis"][0] not in "OP":
        arisen = [
            row for row in others if row["on_admission"] == "4" and row["code"].startswith(COMPLICATIONS)
        ]
        yield "surgical_complications", bool(arisen), 1
    if any(row["code"].startswith("Z37") for row in others):
        yield "caesarean_share", any(row["code"].startswith("74.") for row in child["operations"]), 1
    for row in child["operations"]:
        if row["incision_class"] in ("1", "2", "3"):
            yield "incisions_infected", row["healing"] == "3", 1
        if row["incision_class"] == "1":
            yield "class_1_healed_a", row["healing"] == "1", 1
            yield "class_1_infected", row["healing"] == "3", 1


def timeliness(stay: dict, child):
    def signed(types: set[str], start: datetime, hours: int) -> int:
        limit = start + timedelta(hours=hours)
        return sum(row["type"] in types and row["signed_at"] <= limit for row in child["documents"])

    yield "first_note_8h", signed({"37"}, stay["admitted_at"], 8) > 0, 1
    yield "front_page_24h", signed({"32"}, stay["discharged_at"], 24) > 0, 1
    if stay["discharged_at"] - stay["admitted_at"] >= timedelta(days=1):
        yield "admission_record_24h", signed({"34"}, stay["admitted_at"], 24) > 0, 1
        yield "discharge_record_24h", signed({"49", "50"}, stay["discharged_at"], 24) > 0, 1
    knives = [row for row in child["operations"] if row["kind"] in SURGICAL]
    if knives:
        yield "operation_record_24h", _all_recorded(knives, child["documents"]), 1
    for row in child["results"]:
        if row["critical"]:
            handled = row["handled_at"] is not None
            in_time = handled and row["handled_at"] - row["notified_at"] <= timedelta(minutes=30)
            yield "critical_handled_30min", in_time, 1


def _all_recorded(knives: list[dict], documents: list[dict]) -> bool:
    """Each operation finds a record of its own that is signed within 24 hours of its end."""
    free = sorted(row["signed_at"] for row in documents if row["type"] == "09")
    for end in sorted(row["performed_at"] + timedelta(minutes=row["minutes"]) for row in knives):
        match = [signed for signed in free if end < signed <= end + timedelta(hours=24)]
        if not match:
            return False
        free.remove(match[0])
    return True


def recount(made: Simulation) -> dict:
    """key -> month -> department or '*' -> [numerator, denominator], by loops over rows."""
    book = defaultdict(lambda: defaultdict(lambda: defaultdict(lambda: [0, 0])))

    def book_in(key, month, department, numerator, denominator):
        for owner in (department, "*"):
            book[key][month][owner][0] += int(numerator)
            book[key][month][owner][1] += int(denominator or 0)

    children = defaultdict(lambda: defaultdict(list))
    for name in ("diagnoses", "operations", "icu_stays", "documents", "results", "front_pages"):
        for row in made.tables[name].to_pylist():
            children[row["stay_id"]][name].append(row)
    born = {row["patient_key"]: row["birth_date"] for row in made.tables["identities"].to_pylist()}
    for stay in with_next(made.tables["stays"].to_pylist()):
        stay["born"] = born[stay["patient_key"]]
        for key, numerator, denominator in of_stay(stay, children[stay["stay_id"]]):
            book_in(key, stay["month"], stay["discharge_department"], numerator, denominator)
    for row in made.tables["bed_days"].to_pylist():
        book_in("bed_occupancy", row["month"], row["department"], row["occupied_beds"], row["open_beds"])
    for row in made.tables["reported_counts"].to_pylist():
        key = f"reported_{row['item']}"
        book_in(key, row["period"], row["department"], row["numerator"], row["denominator"])
        staff = {"record_staff": "records_per_clerk", "coders": "records_per_coder"}.get(row["item"])
        if staff:
            book_in(staff, row["period"], row["department"], 0, row["numerator"])
        if row["item"] == "booking_modes":
            book_in("medical_office_reports", row["period"], row["department"], 1, 1)
    return book


def with_next(stays: list[dict]) -> list[dict]:
    """Each stay with `next`: when the same patient is admitted again, strictly after this discharge."""
    by_patient = defaultdict(list)
    for stay in stays:
        by_patient[stay["patient_key"]].append(stay["admitted_at"])
    for stay in stays:
        later = [at for at in by_patient[stay["patient_key"]] if at > stay["discharged_at"]]
        stay["next"] = min(later, default=None)
    return stays


def of_no_events(made: Simulation) -> set[str]:
    """Measures that stand without events; those among events are compared with the indicators (tests/acceptance)."""
    return set(ledger(made.stages).measures)


def differences(made: Simulation) -> list[tuple]:
    book, found = recount(made), []
    for key in of_no_events(made):
        for month, owners in made.ledger.measures[key].items():
            for owner, (numerator, denominator) in owners.items():
                counted = book[key][month][owner]
                if counted != [numerator, denominator or 0]:
                    found.append((key, month, owner, counted, [numerator, denominator]))
    return found


def test_every_number_of_the_ledger_is_recounted(small):
    assert differences(small) == []
    assert set(recount(small)) == of_no_events(small)


def test_the_recount_would_notice_a_wrong_number(small):
    entry = small.ledger.measures["inpatient_mortality"]["2026-01"]["*"]
    entry[0] += 1
    try:
        assert [row[0] for row in differences(small)] == ["inpatient_mortality"]
    finally:
        entry[0] -= 1


def test_every_measure_is_explained_and_not_empty(year):
    book = year.ledger
    assert set(book.meanings) == set(book.measures)
    assert len(book.measures) >= 45
    for key, months in book.measures.items():
        assert sum(owners["*"][0] for owners in months.values()) > 0, key
        assert list(months) == book.months


def test_the_hospital_is_the_sum_of_its_departments(year):
    for months in year.ledger.measures.values():
        for owners in months.values():
            parts = [pair for owner, pair in owners.items() if owner != "*"]
            assert owners["*"][0] == sum(pair[0] for pair in parts)
            assert (owners["*"][1] or 0) == sum(pair[1] or 0 for pair in parts)


@pytest.mark.parametrize(
    ("key", "department", "first", "least"),
    [
        ("diagnosis_within_three_days", "CARD", "2026-06", -0.09),
        ("average_length_of_stay", "ORTH", "2026-03", 1.4),
        ("critical_handled_30min", "*", "2025-09", 0.04),
    ],
)
def test_a_planted_shift_is_in_the_numbers(year, key, department, first, least):
    def mean(months):
        pairs = [year.ledger.value(key, month, department) for month in months]
        return sum(n for n, _ in pairs) / sum(d for _, d in pairs)

    before = [month for month in year.ledger.months if month < first]
    after = [month for month in year.ledger.months if month >= first]
    change = mean(after) - mean(before)
    assert change / least >= 1


def test_grade_a_dips_in_september_2026(year):
    shares = {
        m: n / d for m, (n, d) in ((m, year.ledger.value("grade_a_records", m)) for m in year.ledger.months)
    }
    assert min(shares, key=shares.get) == "2026-09"
    assert shares["2026-09"] < 0.90 < min(share for month, share in shares.items() if month != "2026-09")
