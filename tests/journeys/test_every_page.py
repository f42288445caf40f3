"""Every page once: it is styled, it fits, the console is silent, and axe finds nothing serious."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.conftest import chosen_variants

PAGES = {
    "zhikong": [
        "/",
        "/indicators/",
        "/indicators/average_length_of_stay/",
        "/indicators/average_length_of_stay/cases/",
        "/indicators/compare/",
        "/indicators/diagnosis_within_three_days/funnel/",
        "/indicators/average_length_of_stay/explain/?recount=1",
        "/indicators/small-cells/",
        "/indicators/targets/average_length_of_stay/",
        "/indicators/library/",
        "/indicators/library/average_length_of_stay/",
        "/indicators/alerts/",
        "/indicators/alerts/silence/",
        "/indicators/alerts/settings/",
        "/indicators/months/",
        "/indicators/months/2026-10/",
        "/indicators/targets/",
        "/findings/",
        "/findings/raise/?indicator=average_length_of_stay&month=2026-10",
        "/tasks/",
        "/tasks/calendar/",
        "/tasks/team/",
        "/tasks/leave/",
        "/notices/",
        "/notices/sent/",
        "/notices/settings/",
        "/search/?q=率",
        "/forms/",
        "/forms/crash_cart_round/",
        "/forms/crash_cart_round/ > /forms/sheets/",
        "/forms/build/",
        "/flows/",
        "/flows/licences/",
        "/flows/licences/ > /flows/cases/",
        "/flows/quality_appeal/picture/",
        "/flows/quality_appeal/migrate/",
        "/duties/",
        "/duties/ > /duties/of/",
        "/duties/committees/",
        "/duties/mine/",
        "/duties/year/",
        "/duties/year/places/",
        "/plans/",
        "/plans/upload/",
        "/plans/coverage/",
        "/adopting/",
        "/campaigns/",
        "/campaigns/presets/",
        "/accreditation/",
        "/policies/",
        "/policies/new/",
        "/policies/coverage/",
        "/policies/public/",
        "/meetings/resolutions/",
        "/meetings/mine/",
        "/years/",
        "/years/rolls/",
        "/years/letters/",
        "/years/letters/ > /years/letter/",
        "/years/summaries/",
        "/years/summaries/ > /years/summaries/",
        "/years/books/",
        "/flows/complaint_desk/",
        "/packstore/",
        "/packstore/ > /packstore/definitions/",
        "/packstore/new/",
        "/files/",
        "/reporting/",
        "/reporting/ > /reporting/sheets/",
        "/reporting/records/",
        "/reports/",
        "/reports/brief/2026-09/",
        "/datasources/",
        "/datasources/wizard/",
        "/data_quality/",
        "/data_quality/tables/results/",
        "/data_quality/tables/results/?by=day&all=1",
        "/data_quality/issues/",
        "/data_quality/issues/ > /data_quality/issues/",
        "/data_quality/compare/",
        "/data_quality/front_pages/",
        "/data_quality/front_pages/fp14/",
        "/record_reviews/samples/",
        "/record_reviews/samples/ > /record_reviews/samples/plans/",
        "/record_reviews/samples/plans/new/",
        "/record_reviews/samples/too_good/",
        "/record_reviews/samples/contests/ > /record_reviews/samples/contests/",
        "/record_reviews/samples/exhibits/",
        "/record_reviews/samples/exhibits/ > /record_reviews/samples/exhibits/",
        "/record_reviews/samples/training/new/",
        "/record_reviews/samples/themes/",
        "/inspections/",
        "/inspections/calendar/",
        "/inspections/programmes/1/",
        "/inspections/calendar/ > /inspections/visits/",
        "/inspections/places/",
        "/inspections/places/codes/",
        "/inspections/key/",
        "/inspections/phone/",
        "/inspections/results/",
        "/inspections/results/heat/",
        "/inspections/results/clauses/",
        "/inspections/results/repeated/",
        "/inspections/results/prepare/",
        "/inspections/notices/",
        "/inspections/notices/1/",
        "/findings/board/",
        "/findings/1/",
        "/meetings/",
        "/meetings/ > /meetings/committees/",
        "/improvements/",
        "/improvements/1/",
        "/improvements/1/steps/causes/",
        "/improvements/figures/",
        "/improvements/suggestions/",
        "/improvements/contests/",
        "/improvements/tools/",
        "/improvements/tools/1/",
        "/improvements/tools/new/pareto/",
        "/risks/",
        "/risks/1/",
        "/risks/fmea/1/",
        "/risks/plans/",
        "/risks/plans/fire_in_ward/",
        "/risks/plans/drills/1/",
        "/incidents/report/",
        "/incidents/mine/",
        "/incidents/handling/",
        "/incidents/handling/?show=all > /incidents/cases/",
        "/incidents/handling/layout/",
        "/incidents/clocks/",
        "/incidents/analyses/",
        "/incidents/analyses/ > /incidents/analyses/",
        "/incidents/alerts/",
        "/incidents/alerts/ > /incidents/alerts/",
        "/incidents/lessons/",
        "/incidents/labels/",
        "/incidents/changes/",
        "/incidents/learning/",
        "/incidents/learning/clusters/",
        "/incidents/learning/culture/",
        "/incidents/learning/triggers/",
        "/speak/?h=DEMO600",
        "/speak/answer/",
        "/speak/about/",
        "/organisation/",
        "/calendar/",
        "/audit/",
    ],
    "guanli": [
        "/outbox/",
        "/notices/channels/",
        "/notices/channels/new/dingtalk_robot/",
        "/notices/channels/kinds/",
    ],
    "keshi": [
        "/",
        "/indicators/",
        "/indicators/alerts/",
        "/findings/",
        "/inspections/mine/",
        "/risks/new/",
        "/tasks/",
        "/flows/quality_appeal/open/",
        "/indicators/diagnosis_within_three_days/",
    ],
    "hushizhang": [
        "/",
        "/forms/",
        "/forms/crash_cart_round/new/",
        "/incidents/defects/",
        "/accountability/mine/",
    ],
    "yiwu": [
        "/complaints/disputes/",
        "/complaints/disputes/ > /complaints/disputes/",
        "/complaints/disputes/new/",
        "/complaints/disputes/calendar/",
        "/complaints/disputes/figures/",
        "/complaints/sealings/",
        "/complaints/sealings/new/",
        "/incidents/key-patients/",
        "/incidents/anonymous/",
        "/event_quotas/2026/",
        "/accountability/",
        "/accountability/ > /accountability/",
        "/accountability/new/",
    ],
    "tousu": [
        "/complaints/",
        "/complaints/new/",
        "/complaints/figures/",
        "/complaints/points/",
        "/complaints/settings/",
        "/tasks/ > /complaints/",
        "/voice/",
        "/voice/new/",
        "/voice/follow/",
        "/voice/notice/",
        "/flows/complaint_desk/",
    ],
    "zhikongyuan": [
        "/reporting/ > /reporting/sheets/",
        "/reporting/records/ > /reporting/records/",
        "/duties/mine/",
        "/duties/mine/ > /duties/",
    ],
    "yishi": ["/", "/indicators/", "/notices/", "/policies/", "/meetings/mine/"],
    "yuanzhang": [
        "/",
        "/indicators/",
        "/findings/",
        "/reports/",
        "/years/",
        "/years/letters/",
        "/plans/coverage/",
    ],
}
EVERY = [(account, path) for account, paths in PAGES.items() for path in paths]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def serious(page):
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:160]} ({len(v['nodes'])}×)"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


def opened(page, path):
    """ "/list/ > /detail/" is the first page below /detail/ that the list leads to: numbers of rows may change."""
    start, _, below = path.partition(" > ")
    answer = page.goto(start)
    if not below:
        return answer
    found = page.locator(f"main a[href*='{below}']").evaluate_all("all => all.map(a => a.pathname)")
    deeper = next(
        (
            link
            for link in found
            if link.startswith(below) and len(link) > len(below) and "export" not in link
        ),
        None,
    )
    assert deeper, f"{start} leads to nothing below {below}"
    return page.goto(deeper)


@pytest.mark.parametrize("variant", chosen_variants(), ids=lambda v: f"{v[0]}-{v[1]}")
@pytest.mark.parametrize("account", PAGES)
def test_pages_are_styled_fit_and_accessible(account, variant, sign_in):
    theme, width = variant
    page = sign_in(account, width=width, theme=theme).page
    said = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in PAGES[account]:
        answer = opened(page, path)
        assert answer.status == 200, path
        assert page.locator("h1").count() == 1, path
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{path} scrolls sideways by {wide} px"
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == {"light": "rgb(243, 245, 248)", "dark": "rgb(15, 21, 29)"}[theme], path
        assert serious(page) == [], path
        assert said == [], path


def test_tables_are_dense(sign_in):
    page = sign_in("zhikong").page
    page.goto("/indicators/")
    height = page.locator("tbody tr").first.evaluate("row => row.getBoundingClientRect().height")
    assert 30 <= height <= 40


def test_rows_become_cards_on_a_phone(sign_in):
    page = sign_in("zhikong", width=390).page
    page.goto("/indicators/")
    assert page.locator("tbody tr").first.evaluate("row => getComputedStyle(row).display") == "block"


def test_the_keyboard_reaches_the_content_first(sign_in):
    page = sign_in("zhikong").page
    page.goto("/indicators/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_interactive_chart_lives_under_the_strict_policy(sign_in):
    page = sign_in("zhikong").page
    said = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    answer = page.goto("/indicators/average_length_of_stay/")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    page.get_by_text("交互查看").first.click()
    page.wait_for_selector(".vega-embed svg")
    assert said == []


def test_print_leaves_out_the_frame(sign_in):
    page = sign_in("zhikong").page
    page.goto("/indicators/")
    page.emulate_media(media="print")
    assert not page.locator("nav.menu, .menu").first.is_visible()
    assert page.locator("table").first.is_visible()
