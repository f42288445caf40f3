"""Job 1, 科室质控员: this morning's overdue records, two doctors reminded, one thing that does not apply; 2 minutes."""

import re

import pytest
from playwright.sync_api import expect

from zhikong.simulator import people

DOCTORS = ("yishi", "keshi")


def name_of(username):
    return next(one.name for one in people.accounts() if one.username == username)


@pytest.mark.proves("REC-06", "REC-17", "REC-34", "WF-01")
def test_job_1_find_overdue_records_remind_two_doctors_and_excuse_one(sign_in):
    officer = sign_in("zhikongyuan")
    page = officer.page
    card = page.locator(".card", has=page.get_by_role("heading", name="运行病历"))
    officer.read(card)
    officer.click(card.get_by_role("link", name=re.compile("^逾期")))
    titles = []
    for username in DOCTORS:
        row = page.locator("tbody tr", has_text=name_of(username)).first
        titles.append(row.locator("th a").inner_text())
        officer.tick(row.get_by_role("checkbox"), username)
    officer.click(page.get_by_role("button", name="提醒所选"))
    expect(page.locator(".toast")).to_contain_text(name_of("yishi"))
    expect(page.locator(".toast")).to_contain_text(name_of("keshi"))
    other = (
        page.locator("tbody tr").filter(has_not_text=name_of("yishi")).filter(has_not_text=name_of("keshi"))
    )
    officer.click(other.first.locator("th a"))
    officer.read(page.locator(".explained"))
    excuse = page.locator(".card", has=page.get_by_role("heading", name="登记不适用"))
    officer.type(excuse.get_by_label("理由"), "昨夜已转重症监护，由对方科室评估")
    officer.click(page.get_by_role("button", name="登记不适用"))
    expect(page.locator("main")).to_contain_text("昨夜已转重症监护")
    assert officer.seconds < 120, "\n".join(officer.acts)
    for username, title in zip(DOCTORS, titles, strict=True):
        doctor = sign_in(username).page
        doctor.goto("/tasks/")
        expect(doctor.locator("main")).to_contain_text(title)
