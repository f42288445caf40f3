"""Every indicator that the seeds name has a definition; presets of the levels; what no source feeds says so."""

import pytest

from tests.packs import loaded
from zhikong.engine.definitions.model import Status
from zhikong.hospital.functions.indicators.catalogue import (
    NO_SOURCE,
    Preset,
    packaged_presets,
    source_state,
)

CATALOGUE = loaded.catalogue("national")
ROWS = {  # row of the register of requirements, section 3: the indicators that answer it
    "IND-04": ("bed_occupancy",),
    "IND-05": ("average_length_of_stay",),
    "IND-06": ("diagnosis_within_three_days",),
    "IND-07": ("admission_discharge_agreement",),
    "IND-08": ("rescue_success",),
    "IND-09": ("basics_exam_pass_rate", "resident_basics_pass_rate"),
    "IND-10": ("outpatient_record_pass_rate",),
    "IND-11": ("grade_a_records", "grade_c_records"),
    "IND-12": ("equipment_in_order",),
    "IND-13": ("emergency_equipment_in_order",),
    "IND-14": ("antibacterial_cost_share", "culture_before_antibacterial"),
    "IND-15": ("complaint_rate",),
    "IND-16": ("compensation_share",),
    "IND-17": ("complaint_closure",),
    "IND-18": ("department_adverse_events",),
    "IND-19": ("prescription_pass_rate", "examination_report_quality"),
    "IND-20": ("lecture_attendance",),
    "IND-21": ("surgical_event_rate",),
    "IND-22": ("drug_reaction_reports",),
    "IND-23": ("quality_score",),
    "IND-24": ("anaesthesia_event_rate",),
    "IND-25": (
        "nursing_service_satisfaction", "inpatient_satisfaction", "outpatient_satisfaction_score",
        "booking_satisfaction_score", "department_service_satisfaction",
    ),
    "IND-26": ("outpatient_waiting_time", "outpatient_waiting_time_p90"),
    "IND-27": ("surgical_complications",),
    "IND-28": ("laboratory_report_incorrect_rate",),
    "IND-29": ("incision_infection_rate",),
    "IND-30": ("transfusion_reaction_rate",),
    "IND-31": ("emergency_treatment_time",),
    "IND-32": ("emergency_rescue_success",),
    "IND-33": ("medical_accident_rate",),
    "IND-34": ("postoperative_length_of_stay",),
    "IND-35": ("essential_drug_share",),
    "IND-36": ("catalogue_drug_share",),
    "IND-37": ("catalogue_item_share",),
    "IND-38": ("cost_per_stay_growth_of_base",),
    "IND-39": ("drug_share",),
    "IND-40": ("online_slot_share",),
    "IND-41": ("timed_examination_share",),
    "IND-42": ("pathway_share", "pathway_entry_rate", "pathway_completion"),
    "IND-43": ("day_surgery_share",),
    "IND-44": ("quality_nursing_coverage",),
    "IND-45": ("rescue_success", "emergency_rescue_success"),
    "IND-50": ("appointment_slot_minutes", "examination_slot_minutes", "booking_modes", "payment_modes"),
    "PTH-01": ("department_pathways",),
    "INF-02": ("hand_hygiene_compliance",),
    "BLD-06": ("component_transfusion_share",),
    "SRV-07": ("follow_up_rate",),
    "DSC-01": ("research_projects",),
    "DSC-03": ("research_awards",),
    "PLN-10": ("free_clinic_patients",),
    "REG-01": ("monitoring_scale",),
    "CLN-01": ("core_system_execution",),
    "TRN-01": ("basics_training_participation",),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_each_indicator_of_the_seeds_is_published_or_says_what_it_lacks(row):
    for name in ROWS[row]:
        definition = CATALOGUE.indicators[name]
        state = source_state(definition)
        assert state.counted is (definition.status is Status.PUBLISHED)
        assert state.counted or state.reason


def test_most_of_them_are_counted():
    names = {name for row in ROWS.values() for name in row}
    without = {name for name in names if not source_state(CATALOGUE.indicators[name]).counted}
    assert without == {"monitoring_scale"}


def test_a_draft_tells_its_reason_and_nothing_that_is_published_claims_to_lack_a_source():
    drafts = [d for d in CATALOGUE.indicators.values() if d.status is Status.DRAFT]
    assert drafts
    for definition in CATALOGUE.indicators.values():
        lacks = definition.notes.startswith(NO_SOURCE)
        assert lacks is (definition.status is Status.DRAFT), definition.id
        if lacks:
            assert len(source_state(definition).reason) >= 6


@pytest.mark.proves("IND-35", "IND-36", "IND-37", "IND-42", "IND-50")
@pytest.mark.parametrize(
    ("preset", "level", "indicator", "least", "most"),
    [
        ("tertiary_hospital", "tertiary", "essential_drug_share", 15, None),
        ("secondary_hospital", "secondary", "essential_drug_share", 30, None),
        ("primary_institution", "primary", "essential_drug_share", 80, None),
        ("tertiary_hospital", "tertiary", "catalogue_drug_share", 85, None),
        ("secondary_hospital", "secondary", "catalogue_drug_share", 90, None),
        ("tertiary_hospital", "tertiary", "pathway_share", 50, None),
        ("secondary_hospital", "secondary", "pathway_share", 70, None),
        ("tertiary_hospital", "tertiary", "appointment_slot_minutes", None, 30),
        ("secondary_hospital", "secondary", "appointment_slot_minutes", None, 60),
    ],
)
def test_a_level_has_the_targets_of_its_documents(preset, level, indicator, least, most):
    """The seeds' figures, written down a second time; the engine and the product read them alike."""
    said = CATALOGUE.presets[preset]
    assert said.levels == (level,)
    assert (said.targets[indicator].at_least, said.targets[indicator].at_most) == (least, most)
    shown: Preset = packaged_presets()[preset]
    assert (shown.targets[indicator].target.low, shown.targets[indicator].target.high) == (least, most)
    assert shown.targets[indicator].quote
    others = {"tertiary", "secondary", "primary"} - {level}
    assert shown.suits(level)
    assert not any(shown.suits(other) for other in others)


def test_a_preset_without_levels_suits_every_institution():
    assert packaged_presets()["000-P2"].suits("secondary")
