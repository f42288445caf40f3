"""Which pages the guides show: account, address, and the links followed from there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shot:
    """One picture. follow: patterns of links, each the first that fits; whole: with the menu and the bar above.

    sometimes: words of the page that come and go with the day's data.
    """

    name: str
    account: str
    start: str
    follow: tuple[str, ...] = ()
    width: int = 1200
    height: int = 720
    whole: bool = False
    sometimes: tuple[str, ...] = ()


PHONE = {"width": 390, "height": 780, "whole": True}

SHOTS = (
    Shot("quality_office-home", "zhikong", "/", whole=True),
    Shot("quality_office-indicators", "zhikong", "/indicators/?status=missed"),
    Shot(
        "quality_office-indicator",
        "zhikong",
        "/indicators/diagnosis_within_three_days/?month=2026-10",
        height=900,
    ),
    Shot("quality_office-month", "zhikong", "/indicators/months/2026-10/"),
    Shot("quality_office-programmes", "zhikong", "/inspections/"),
    Shot("quality_office-plans", "zhikong", "/plans/"),
    Shot("department_head-home", "keshi", "/"),
    Shot("department_head-finding", "keshi", "/findings/?show=answer", (r"/findings/\d+/",), height=900),
    Shot("department_head-record", "keshi", "/reporting/records/", (r"/reporting/records/\d+/",)),
    Shot("qc_officer-running", "zhikongyuan", "/records/running/?show=overdue"),
    Shot("qc_officer-figures", "zhikongyuan", "/reporting/", (r"/reporting/sheets/\d+/",)),
    Shot("physician-records", "yishi", "/records/my/"),
    Shot("physician-obligation", "yishi", "/records/my/?show=overdue", (r"/records/obligations/\d+/",)),
    Shot("nurse-report", "hushi", "/incidents/report/", **PHONE),
    Shot("nurse-cart", "hushi", "/forms/crash_cart_round/"),
    Shot("head_nurse-incidents", "hushizhang", "/incidents/handling/"),
    Shot("inspector-visit", "zhikongyuan", "/inspections/mine/", (r"/inspections/visits/\d+/",), **PHONE),
    Shot("inspector-mine", "huli", "/inspections/mine/", **PHONE),
    Shot("medical_affairs-incidents", "yiwu", "/incidents/handling/"),
    Shot("medical_affairs-disputes", "yiwu", "/complaints/disputes/"),
    Shot("nursing-results", "huli", "/inspections/results/"),
    Shot("nursing-opinions", "huli", "/flows/patient_opinions/"),
    Shot("functional-verify", "yuangan", "/findings/?show=verify"),
    Shot("hospital_leader-home", "yuanzhang", "/", **PHONE),
    Shot("record_reviewer-queue", "bingan", "/record_reviews/"),
    Shot(
        "record_reviewer-review",
        "bingan",
        "/record_reviews/",
        (r"/record_reviews/\d+/",),
        height=900,
        sometimes=("机器发现",),
    ),  # the first record of the queue has findings or none
    Shot("complaint_officer-desk", "tousu", "/complaints/"),
    Shot("auditor-list", "shenji", "/audit/"),
    Shot("administrator-home", "guanli", "/"),
    Shot("administrator-sources", "guanli", "/datasources/"),
    Shot("administrator-accounts", "guanli", "/access/accounts/"),
    Shot("starting-steps", "guanli", "/starting/", height=900),
    Shot("starting-lists", "guanli", "/organisation/import/"),
    Shot("starting-month", "zhikong", "/starting/month/"),
)
