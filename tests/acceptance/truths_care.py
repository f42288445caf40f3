"""Truths of the indicators of nursing, infections, intensive care, emergency, anaesthesia, laboratory, medicines, blood."""

from collections.abc import Mapping

from tests.acceptance.truth import Truth

TRUTHS: Mapping[str, Truth] = {
    "adverse_event_harm_share": Truth("adverse_event_harm_share"),
    "adverse_event_recorded_within_24_hours": Truth("adverse_event_recorded_within_24_hours"),
    "airway_unplanned_removal": Truth("airway_unplanned_removal"),
    "central_line_unplanned_removal": Truth("central_line_unplanned_removal"),
    "class_one_prophylaxis": Truth("class_one_prophylaxis"),
    "class_one_prophylaxis_stopped": Truth("class_one_prophylaxis_stopped"),
    "class_one_prophylaxis_timely": Truth("class_one_prophylaxis_timely"),
    "culture_before_restricted": Truth("culture_before_restricted"),
    "culture_before_special": Truth("culture_before_special"),
    "culture_before_unrestricted": Truth("culture_before_unrestricted"),
    "fall_assessed_within_24_hours": Truth("fall_assessed_within_24_hours"),
    "fall_injury_share": Truth("fall_injury_share"),
    "gastric_tube_unplanned_removal": Truth("gastric_tube_unplanned_removal"),
    "hospital_infection_case_rate": Truth("hospital_infection_case_rate"),
    "hospital_infection_incidence": Truth("hospital_infection_incidence"),
    "infection_missed_report": Truth("infection_missed_report"),
    "infection_reported_within_24_hours": Truth("infection_reported_within_24_hours"),
    "medication_error_harm_share": Truth("medication_error_harm_share"),
    "nursing_level_one_share": Truth("nursing_1_share"),
    "nursing_level_special_share": Truth("nursing_special_share"),
    "nursing_level_three_share": Truth("nursing_level_three_share"),
    "nursing_level_two_share": Truth("nursing_level_two_share"),
    "nutrition_screened_within_24_hours": Truth("nutrition_screened_within_24_hours"),
    "pain_assessed_within_8_hours": Truth("pain_assessed_within_8_hours"),
    "resistant_infection_incidence": Truth("resistant_infection_incidence"),
    "surgical_site_infection_registered": Truth("surgical_site_infection_registered"),
    "urinary_catheter_unplanned_removal": Truth("urinary_catheter_unplanned_removal"),
    "vte_assessed_within_24_hours": Truth("vte_assessed_within_24_hours"),
}
