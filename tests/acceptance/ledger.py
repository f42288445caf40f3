"""Which truth of the simulator's ledger each published indicator must give, and the comparison itself.

The table is written by hand from what both sides say they count (`zhikong/simulator/data/measures.csv` and the
definition), never derived: a definition whose meaning moves away from the ledger's words must fail here.
"""

from collections.abc import Mapping

from tests.acceptance import truths_care, truths_records
from tests.acceptance.truth import Pair, Truth
from zhikong.engine.definitions.model import Definition
from zhikong.engine.results import Result, Results
from zhikong.simulator.ledger import HOSPITAL, Ledger

TRUTHS: Mapping[str, Truth] = (
    truths_care.TRUTHS
    | truths_records.TRUTHS
    | {
        "admission_discharge_agreement": Truth("admission_discharge_agreement"),
        "admission_record_within_24_hours": Truth("admission_record_24h_of_owed"),
        "against_advice_discharge": Truth("non_medical_order_discharges"),
        "ami_length_of_stay": Truth("ami_days"),
        "ami_mortality": Truth("ami_mortality"),
        "antibacterial_cost_share": Truth("antibacterial_of_western"),
        "average_length_of_stay": Truth("average_length_of_stay"),
        "basics_exam_pass_rate": Truth("reported_basics_exam"),
        "basics_training_participation": Truth("reported_basics_training"),
        "bed_occupancy": Truth("bed_occupancy"),
        "caesarean_rate": Truth("caesarean_share"),
        "class_one_grade_a_healing": Truth("class_1_healed_a"),
        "class_one_infection": Truth("class_1_infected"),
        "clinical_pathology_agreement": Truth("clinical_pathology_agreement"),
        "clinical_radiology_agreement": Truth("clinical_radiology_agreement"),
        "compensation_share": Truth("reported_compensation"),
        "consumables_share": Truth("material_share"),
        "copd_length_of_stay": Truth("copd_days"),
        "copd_mortality": Truth("copd_mortality"),
        "cost_per_stay": Truth("mean_cost"),
        "critical_value_handled_in_time": Truth("critical_handled_30min"),
        "day_surgery_share": Truth("day_surgery_share"),
        "diagnosis_within_three_days": Truth("diagnosis_within_three_days"),
        "discharge_record_within_24_hours": Truth("discharge_record_24h_of_owed"),
        "discharges": Truth("discharges"),
        "drug_share": Truth("drug_share"),
        "elderly_share": Truth("elderly_share"),
        "emergency_admission_share": Truth("emergency_admissions"),
        "emergency_equipment_in_order": Truth("reported_emergency_equipment"),
        "equipment_in_order": Truth("reported_equipment"),
        "examination_report_quality": Truth("reported_examination_report"),
        "front_page_within_24_hours": Truth("front_page_24h"),
        "grade_a_records": Truth("grade_a_records"),
        "grade_c_records": Truth("grade_c_records", denominator="grade_a_records"),
        "grade_four_share": Truth("grade_4_share"),
        "heart_failure_length_of_stay": Truth("heart_failure_days"),
        "heart_failure_mortality": Truth("heart_failure_mortality"),
        "hospital_acquired_pneumonia": Truth("acquired_pneumonia"),
        "hospital_acquired_pressure_injury": Truth("acquired_pressure_injury"),
        "hospital_acquired_venous_thrombosis": Truth("acquired_thrombosis"),
        "icu_share": Truth("icu_share"),
        "inpatient_mortality": Truth("inpatient_mortality"),
        "medical_service_share": Truth("labour_fee_share"),
        "minimally_invasive_share": Truth("minimally_invasive_share"),
        "outpatient_discharge_agreement": Truth("outpatient_discharge_agreement"),
        "outpatient_record_pass_rate": Truth("reported_outpatient_record"),
        "pneumonia_length_of_stay": Truth("pneumonia_days"),
        "pneumonia_mortality": Truth("pneumonia_mortality"),
        "preop_postop_agreement": Truth("preop_postop_agreement"),
        "prescription_pass_rate": Truth("reported_prescription"),
        "record_grade_b_or_c": Truth("grade_b_or_c_records"),
        "reported_discharges": Truth("reported_discharged"),
        "reported_rescue_success": Truth("reported_rescue"),
        "rescue_success": Truth("rescue_success"),
        "self_paid_share": Truth("self_paid_share"),
        "special_nursing_share": Truth("nursing_special_or_1_share"),
        "stays_over_thirty_days": Truth("stays_over_30_days"),
        "stroke_length_of_stay": Truth("stroke_days"),
        "stroke_mortality": Truth("stroke_mortality"),
        "surgical_complications": Truth("surgical_complications"),
        "surgical_mortality": Truth("surgical_mortality"),
        "surgical_share": Truth("surgical_share"),
        "transfer_out_rate": Truth("transfers_out_all"),
        "transfusion_reaction_rate": Truth("transfusion_reactions"),
        "unplanned_readmission_31_days": Truth("unplanned_readmission_31d_of_unplanned"),
        "unplanned_reoperation": Truth("unplanned_returns"),
    }
)


def differences(definition: Definition, results: Results, ledger: Ledger) -> list[str]:
    """Every month and place where an indicator and its truth differ, as sentences; none when all agree.

    A department without a single row in a month gives no result: the ledger must then hold zero of zero.
    A result where the ledger knows no month or department is a difference too. An indicator that is defined
    for the hospital as a whole is compared with the hospital's truth only.
    """
    indicator, whole = definition.id, definition.department is None
    told, truth = [], TRUTHS[indicator]
    found = {(r.month, r.department or HOSPITAL): r for r in results.rows if r.indicator_id == indicator}
    for cell, pair in truth.cells(ledger):
        if whole and cell[1] != HOSPITAL:
            continue
        got = truth.got(found.pop(cell, None), pair, definition.multiplier)
        if got != pair:
            told.append(f"{indicator} {' '.join(cell)}: {got}, planted {pair}")
    return told + [f"{indicator} {' '.join(cell)}: {shown(r)}, nothing planted" for cell, r in found.items()]


def shown(result: Result) -> Pair:
    return result.numerator, result.denominator
