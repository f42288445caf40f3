"""The 37 recurring frequencies of the seeds (P-01 … P-37) are duties, offered or in force, or the calendar of themes."""

from pathlib import Path

import pytest
import yaml

from zhikong import packs
from zhikong.foundation.duties.definition.reading import parse

NATIONAL = Path(packs.__path__[0]) / "national"
OF = {
    "P-01": [("indicator_analysis", "month", 1)],
    "P-02": [("archived_record_review", "month", 1)],
    "P-03": [("medtech_quality_monthly", "month", 1)],
    "P-04": [("committee_quarterly_meeting", "quarter", 1)],
    "P-05": [("department_quality_meeting", "month", 1)],
    "P-06": [("department_record_check", "month", 1)],
    "P-08": [("summary_to_president", "quarter", 1)],
    "P-09": [("safety_committee_meeting", "quarter", 1), ("safety_inspection", "quarter", 1)],
    "P-10": [("core_system_supervision", "month", 1)],
    "P-11": [("error_analysis_meeting", "quarter", 1)],
    "P-12": [("transfused_case_sampling", "quarter", 1)],
    "P-13": [("hospital_safety_education", "year", 2)],
    "P-14": [("department_safety_study", "quarter", 1)],  # four a year
    "P-15": [("department_self_check", "month", 1)],
    "P-16": [("department_monthly_report", "month", 1)],
    "P-17": [("record_sampling_random", "month", 1)],
    "P-18": [("quantified_assessment", "quarter", 1)],
    "P-19": [("quality_brief", "month", 1)],  # the seed says "periodically"
    "P-20": [("department_weekly_check", "week", 1), ("functional_weekly_supervision", "week", 1)],
    "P-21": [("safety_goals_weekly", "week", 1), ("safety_goals_monthly", "month", 1)],
    "P-22": [("department_safety_report", "month", 1)],
    "P-23": [("error_quarterly_summary", "quarter", 1)],
    "P-24": [("core_system_supervision", "month", 1)],
    "P-25": [("unsafe_factor_analysis", "quarter", 1)],
    "P-26": [("imaging_staff_exam", "year", 1)],
    "P-27": [("event_reporting_training", "year", 1)],
    "P-28": [("department_quality_commentary", "week", 1), ("hospital_quality_commentary", "month", 1)],
    "P-29": [("supervision_group_check", "month", 2)],
    "P-30": [("satisfaction_survey", "month", 1)],
    "P-31": [("functional_departments_rating", "month", 1)],
    "P-32": [("paired_department_visit", "week", 1)],
    "P-33": [("satisfaction_bulletin", "quarter", 1)],
    "P-34": [("progress_information", "month", 1)],
    "P-35": [("department_article", "month", 1), ("campaign_materials", "month", 1)],
    "P-36": [("pre_holiday_inspection", "quarter", 1), ("surprise_inspection", "quarter", 1), ("night_rounds", "month", 1)],
    "P-37": [("annual_summary", "year", 1)],
}  # fmt: skip


@pytest.mark.parametrize("number", sorted(OF))
def test_a_frequency_of_the_seeds_is_a_duty(number):
    for name, every, times in OF[number]:
        file = NATIONAL / "duties" / f"{name}.yaml"
        duty = parse(file.read_text("utf-8"), file=file)
        assert (duty.every, duty.times) == (every, times), name
        assert duty.source.document[:3] in ("000", "001", "004")
        assert len(duty.source.clause) < 120, "a value and its place, no paragraph"


def test_the_seventh_is_the_calendar_of_twelve_themes():
    text = (NATIONAL / "themes" / "monthly_record_themes.yaml").read_text("utf-8")
    assert [theme["month"] for theme in yaml.safe_load(text)["themes"]] == list(range(1, 13))
    assert {*OF, "P-07"} == {f"P-{n:02d}" for n in range(1, 38)}
