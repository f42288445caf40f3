"""Figures that laboratories, pharmacy, anaesthesia and other services report for a month: counted, not recorded.

Drawn from a stream of their own, so that the other reported figures stay as they were.
"""

import numpy as np

from zhikong.simulator import hospital
from zhikong.simulator.clock import Window, stream

NO_DENOMINATOR = -1
# item, function of the department that reports, mean size of the whole in a month, share that is counted; None: the
# whole is all that is reported
ITEMS = (
    ("specimen_type_error", "laboratory", 30000, 0.0003),
    ("specimen_container_error", "laboratory", 30000, 0.0005),
    ("specimen_volume_error", "laboratory", 30000, 0.0012),
    ("blood_culture_contamination", "laboratory", 450, 0.02),
    ("anticoagulated_clotted", "laboratory", 12000, 0.0008),
    ("specimen_rejected", "laboratory", 30000, 0.004),
    ("internal_qc_performed", "laboratory", 320, 0.96),
    ("internal_qc_cv_failed", "laboratory", 300, 0.03),
    ("eqa_joined", "laboratory", 180, 0.97),
    ("eqa_passed", "laboratory", 175, 0.985),
    ("alternative_assessment", "laboratory", 40, 0.85),
    ("lab_report_incorrect", "laboratory", 40000, 0.0003),
    ("emergency_radiology_report", "radiology", 400, 0.96),
    ("radiology_critical_timely", "radiology", 30, 0.94),
    ("contrast_extravasation", "radiology", 600, 0.004),
    ("pathology_fixation", "pathology", 900, 0.97),
    ("he_stain_good", "pathology", 300, 0.96),
    ("immunostain_good", "pathology", 120, 0.95),
    ("frozen_section_timely", "pathology", 60, 0.93),
    ("frozen_paraffin_agreement", "pathology", 60, 0.97),
    ("cytology_timely", "pathology", 260, 0.95),
    ("blood_application", "blood_bank", 140, 0.97),
    ("blood_group_rechecked", "blood_bank", 140, 0.998),
    ("blood_internal_qc", "blood_bank", 24, 0.96),
    ("blood_eqa", "blood_bank", 18, 0.95),
    ("order_review", "pharmacy", 20000, 0.93),
    ("prescription_commented", "pharmacy", 30000, 0.012),
    ("pharmaceutical_care", "pharmacy", 1500, 0.08),
    ("anaesthesia_cancelled_before", "anaesthesia", 520, 0.004),
    ("anaesthesia_cancelled_after", "anaesthesia", 520, 0.0015),
    ("temperature_monitored", "anaesthesia", 300, 0.82),
    ("active_warming", "anaesthesia", 300, 0.72),
    ("intraoperative_hypothermia", "anaesthesia", 246, 0.07),
    ("pacu_hypothermia", "anaesthesia", 420, 0.03),
    ("pacu_delay", "anaesthesia", 420, 0.02),
    ("unplanned_reintubation", "anaesthesia", 380, 0.002),
    ("unplanned_icu_after_anaesthesia", "anaesthesia", 520, 0.003),
    ("analgesia_satisfaction", "anaesthesia", 200, 0.94),
    ("labour_analgesia", "anaesthesia", 90, 0.55),
    ("anaesthesia_outside", "anaesthesia", 700, 0.28),
    ("hand_hygiene", "infection_control", 900, 0.84),
    ("sterilisation_passed", "infection_control", 130, 0.985),
    ("nurse_turnover", "nursing", 520, 0.006),
    ("junior_nurse", "nursing", 520, 0.31),
    ("senior_nurse", "nursing", 520, 0.14),
    ("antibacterial_ddds", "pharmacy", 15000, 0.36),
    ("ward_nurses", "nursing", 600, 0.48),
    ("pharmacists", "pharmacy", 600, 0.06),
    ("clinical_pharmacists", "pharmacy", 600, 0.012),
    ("infection_staff", "infection_control", 600, 0.007),
    ("anaesthesia_nurses", "anaesthesia", 34, 0.55),
    ("nursing_hours", "nursing", 46_500, None),
    ("anaesthetists", "anaesthesia", 34, None),
)
NAMES = tuple(row[0] for row in ITEMS)


def drawn(seed: int, window: Window) -> tuple[np.ndarray, ...]:
    """Position of the department in hospital.departments(), month, position in NAMES, part and whole of each row."""
    rng = stream(seed, "reported_care")
    owner = {d.function: n for n, d in enumerate(hospital.departments()) if d.function}
    month, item = (
        axis.ravel() for axis in np.meshgrid(range(window.count), range(len(ITEMS)), indexing="ij")
    )
    whole = np.maximum(rng.poisson(np.array([row[2] for row in ITEMS])[item]), 3)
    alone = np.array([row[3] is None for row in ITEMS])[item]
    part = rng.binomial(whole, np.array([row[3] or 1.0 for row in ITEMS])[item])
    department = np.array([owner[row[1]] for row in ITEMS])[item]
    return department, window.first + month, item, part, np.where(alone, NO_DENOMINATOR, whole)
