"""A recount, by plain loops, of what the ledger counts of surgery, goals, single diseases and money."""

from datetime import timedelta

SURGICAL = {"surgery", "intervention"}
ARISEN = {
    "arisen_embolism": ("I26",),
    "arisen_deep_thrombosis": ("I80.1", "I80.2", "I82.8"),
    "arisen_sepsis": ("A40", "A41"),
    "arisen_bleeding": ("T81.0",),
    "arisen_dehiscence": ("T81.3",),
    "arisen_respiratory_failure": ("J96.0", "J96.9"),
    "arisen_metabolic": ("E86", "E87"),
}
INFUSION = ("T80.0", "T80.1", "T80.2", "T80.8", "T80.9")
BIRTHS = ("O80", "O81", "O82", "O83", "O84", "Z37")
BIRTH_HARM = ("O70.2", "O70.3", "O71", "O72", "O85", "O86", "O87", "O88", "O90")
OF_OPERATION = {
    "hip_days": ("81.51", "81.52"),
    "knee_days": ("81.54",),
    "caesarean_days": ("74.0", "74.1", "74.2"),
}


def of_records(stay: dict, child):
    """Yields (key, numerator, denominator) of one stay."""
    yield from around_surgery(stay, child)
    yield from harm(stay, child)
    yield from goals(stay, child)
    yield from filled(stay, child)
    yield "records_per_clerk", 1, 0
    yield "records_per_coder", 1, 0
    for key, codes in OF_OPERATION.items():
        own = any(row["code"].startswith(codes) for row in child["operations"])
        yield key, stay["days"] * own, own
    lungs = stay["principal_diagnosis"].startswith(("J13", "J14", "J15", "J18"))
    young = lungs and 1 <= stay["age_years"] <= 17
    yield "child_pneumonia_days", stay["days"] * young, young
    yield "laboratory_and_imaging_share", stay["lab_fee"] + stay["imaging_fee"], stay["total_fee"]
    drugs = stay["western_drug_fee"] + stay["chinese_patent_drug_fee"] + stay["herbal_drug_fee"]
    yield "mean_drug_cost", drugs, 1
    urgent = stay["admission_route"] == "1"
    yield "emergency_rescue_success", stay["rescue_successes"] * urgent, stay["rescues"] * urgent
    newborn = stay["age_years"] == 0 and (stay["admitted_at"].date() - stay["born"]).days <= 28
    yield "newborn_deaths", newborn and stay["discharge_way"] == "5", newborn


def around_surgery(stay: dict, child):
    knives = [row for row in child["operations"] if row["kind"] in SURGICAL]
    planned = [row["performed_at"] for row in knives if row["elective"]]
    waited = (min(planned).date() - stay["admitted_at"].date()).days if planned else 0
    yield "days_before_planned_surgery", waited, bool(planned)
    last = max((row["performed_at"] for row in knives), default=None)
    died = stay["discharge_way"] == "5"
    healed = (stay["discharged_at"].date() - last.date()).days if last and not died else 0
    yield "days_after_surgery", healed, bool(last) and not died
    yield "grade_3_or_4_share", any(row["grade"] in ("3", "4") for row in knives), bool(knives)
    soon = bool(last) and stay["discharged_at"] - last <= timedelta(hours=48)
    yield "died_around_surgery", died and soon, bool(knives)


def harm(stay: dict, child):
    cut = any(row["kind"] in SURGICAL for row in child["operations"])
    arisen = [
        row["code"] for row in child["diagnoses"] if row["kind"] == "other" and row["on_admission"] == "4"
    ]
    for key, codes in ARISEN.items():
        yield key, cut and any(code.startswith(codes) for code in arisen), cut
    yield "arisen_infusion_reaction", any(code.startswith(INFUSION) for code in arisen), 1


def goals(stay: dict, child):
    code, urgent = stay["principal_diagnosis"], stay["admission_route"] == "1"
    done = child["operations"]
    stroke = urgent and code.startswith("I63")
    opened = any(row["code"].startswith(("99.10", "39.74")) for row in done)
    yield "stroke_opened", stroke and opened, stroke
    infarct = urgent and code.startswith(("I21.0", "I21.1", "I21.2", "I21.3"))
    soon = [
        row
        for row in done
        if row["code"].startswith(("36.0", "00.66", "99.10"))
        and row["performed_at"] - stay["admitted_at"] <= timedelta(hours=12)
    ]
    yield "infarct_opened_12h", infarct and bool(soon), infarct
    solid = code[0] == "C" and int(code[1:3]) <= 80
    (page,) = child["front_pages"]
    yield "tumour_staged", solid and page["tnm_stage"] is not None, solid
    told = [row["code"] for row in child["diagnoses"] if row["kind"] in ("principal", "other")]
    vaginal = any(c.startswith(BIRTHS) for c in told) and not any(
        row["code"].startswith("74.") for row in done
    )
    yield "vaginal_birth_harm", vaginal and any(c.startswith(BIRTH_HARM) for c in told), vaginal


def filled(stay: dict, child):
    (page,) = child["front_pages"]
    must = ("nationality", "marital", "occupation", "ethnicity", "drug_allergy", "abo", "rh")
    yield "pages_complete", all(page[name] is not None for name in must), 1
    told = [row for row in child["diagnoses"] if row["kind"] in ("principal", "other")]
    yield "conditions_filled", all(row["on_admission"] for row in told), 1
    letter, number = stay["principal_diagnosis"][0], stay["principal_diagnosis"][1:3]
    tumour = letter == "C" or (letter == "D" and number <= "48")
    seen = any(row["kind"] == "pathology" for row in child["diagnoses"]) and page["pathology_numbered"]
    yield "tumours_with_pathology", tumour and seen, tumour
