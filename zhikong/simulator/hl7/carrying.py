"""Which columns of the contract HL7 v2 carries in this hospital's dialect, for the matrix of dialects."""

_COLUMNS = {
    "stays": "stay_id patient_key institution zone admitted_at discharged_at age_years sex admission_route "
    "admission_department discharge_department discharge_ward discharge_way day_surgery days principal_diagnosis "
    "attending_doctor resident_doctor payment total_fee",
    "diagnoses": "stay_id kind seq code name on_admission",
    "operations": "stay_id seq code name kind performed_at minutes anaesthesia anaesthetist operator first_assistant "
    "second_assistant side",
    "transfers": "stay_id from_department to_department at",
    "results": "stay_id item value at critical notified_at handled_at kind name text unit abnormal collected_at "
    "order_id department",
    "documents": "stay_id document_id type written_at signed_at author department title occurred_at created_at "
    "author_level cosigned_by cosigner_level cosigned_at",
    "document_sections": "stay_id document_id seq section text",
    "orders": "stay_id order_id kind code name standing ordered_at checked_at executed_at stopped_at doctor department "
    "status",
    "medications": "stay_id medication_id order_id code name dose dose_unit route frequency given_at prescriber nurse",
    "visits": "visit_id patient_key institution department kind registered_at seen_at left_at disposition doctor "
    "diagnosis_code diagnosis sex",
    "appointments": "appointment_id patient_key institution department doctor service booked_at scheduled_at arrived_at "
    "status",
}


def carried() -> set[tuple[str, str]]:
    """(table, column) of everything that the messages of `write` say and the mapping hl7_v2 reads back."""
    return {(table, column) for table, columns in _COLUMNS.items() for column in columns.split()}
