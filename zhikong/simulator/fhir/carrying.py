"""Which columns of the contract FHIR R4 carries in this hospital's dialect, for the matrix of dialects."""

_COLUMNS = {
    "stays": "stay_id patient_key institution zone admitted_at discharged_at age_years sex admission_route "
    "admission_department discharge_department discharge_ward discharge_way day_surgery days principal_diagnosis "
    "attending_doctor resident_doctor payment",
    "diagnoses": "stay_id kind seq code name",
    "operations": "stay_id seq code name kind performed_at ended_at operator anaesthetist first_assistant",
    "transfers": "stay_id seq from_department to_department at",
    "icu_stays": "stay_id unit entered_at left_at",
    "results": "stay_id item value at critical kind name unit abnormal collected_at order_id department",
    "documents": "stay_id document_id type written_at author department title occurred_at created_at cosigned_by",
    "document_sections": "stay_id document_id seq section text",
    "orders": "stay_id order_id kind code name ordered_at stopped_at doctor department",
    "consultations": "stay_id consultation_id requested_at from_department to_department arrived_at completed_at doctor",
    "medications": "stay_id medication_id order_id code name dose dose_unit route given_at prescriber nurse",
    "visits": "visit_id patient_key institution department kind registered_at seen_at left_at triage_level doctor "
    "diagnosis_code diagnosis",
    "prescriptions": "prescription_id seq visit_id patient_key institution department prescribed_at prescriber "
    "diagnosis_code code name dose dose_unit route frequency days",
    "adverse_events": "event_id stay_id institution department category occurred_at recorded_at",
    "staff": "code institution department level title valid_from valid_to",
}


def carried() -> set[tuple[str, str]]:
    """(table, column) of everything that the NDJSON of `write` says and the mapping fhir_r4 reads back."""
    return {(table, column) for table, columns in _COLUMNS.items() for column in columns.split()}
