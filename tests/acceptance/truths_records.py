"""Truths of the indicators of records, national goals, front page, clinics, surgery, core systems, performance, seeds."""

from collections.abc import Mapping

from tests.acceptance.truth import Truth

TRUTHS: Mapping[str, Truth] = {
    "ami_cost": Truth("ami_cost"),
    "caesarean_length_of_stay": Truth("caesarean_days"),
    "child_pneumonia_length_of_stay": Truth("child_pneumonia_days"),
    "copd_cost": Truth("copd_cost"),
    "drug_cost_per_stay": Truth("mean_drug_cost"),
    "emergency_rescue_success": Truth("emergency_rescue_success"),
    "examination_cost_share": Truth("laboratory_and_imaging_share"),
    "grade_three_four_share": Truth("grade_3_or_4_share"),
    "heart_failure_cost": Truth("heart_failure_cost"),
    "hip_replacement_length_of_stay": Truth("hip_days"),
    "incision_infection_rate": Truth("incisions_infected"),
    "infusion_reaction_rate": Truth("arisen_infusion_reaction"),
    "knee_replacement_length_of_stay": Truth("knee_days"),
    "newborn_mortality": Truth("newborn_deaths"),
    "perioperative_mortality": Truth("died_around_surgery"),
    "pneumonia_cost": Truth("pneumonia_cost"),
    "postoperative_deep_vein_thrombosis": Truth("arisen_deep_thrombosis"),
    "postoperative_dehiscence": Truth("arisen_dehiscence"),
    "postoperative_embolism": Truth("arisen_embolism"),
    "postoperative_haemorrhage": Truth("arisen_bleeding"),
    "postoperative_length_of_stay": Truth("days_after_surgery"),
    "postoperative_metabolic_disorder": Truth("arisen_metabolic"),
    "postoperative_respiratory_failure": Truth("arisen_respiratory_failure"),
    "postoperative_sepsis": Truth("arisen_sepsis"),
    "preoperative_length_of_stay": Truth("days_before_planned_surgery"),
    "stemi_reperfusion_12_hours": Truth("infarct_opened_12h"),
    "stroke_cost": Truth("stroke_cost"),
    "stroke_reperfusion_rate": Truth("stroke_opened"),
    "tumour_stage_assessed": Truth("tumour_staged"),
    "vaginal_birth_complications": Truth("vaginal_birth_harm"),
}
