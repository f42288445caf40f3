"""Addresses of results."""

from django.urls import path

from zhikong.hospital.functions.inspections.views.results import campaigns, clauses, notices, overview, visits

CLAUSE = "results/clauses/<slug:form_id>/<slug:item>/"

urlpatterns: list = [
    path("results/", overview.overview, name="results"),
    path("results/league.svg", overview.league_picture, name="results_league"),
    path("results/heat/", overview.heat, name="results_heat"),
    path("results/repeated/", overview.offenders, name="results_repeated"),
    path("results/inspectors/", overview.inspectors_page, name="results_inspectors"),
    path("results/export/", overview.export, name="results_export"),
    path("results/clauses/", clauses.listing, name="clauses"),
    path(CLAUSE, clauses.page, name="clause"),
    path(f"{CLAUSE}chart.svg", clauses.clause_picture, name="clause_chart"),
    path(f"{CLAUSE}watch/", clauses.watch, name="clause_watch"),
    path("results/campaigns/", campaigns.listing, name="campaigns"),
    path("results/campaigns/<int:pk>/", campaigns.page, name="campaign"),
    path("results/prepare/", campaigns.prepare, name="prepare"),
    path("visits/<int:pk>/results/", visits.results, name="visit_results"),
    path("visits/<int:pk>/results/notice/", visits.draft, name="visit_notice"),
    path("notices/", notices.listing, name="notices"),
    path("notices/collect/", notices.collect, name="notices_collect"),
    path("notices/<int:pk>/", notices.page, name="notice"),
    path("notices/<int:pk>/edit/", notices.edit, name="notice_edit"),
    path("notices/<int:pk>/renew/", notices.renew, name="notice_renew"),
    path("notices/<int:pk>/confirm/", notices.confirm, name="notice_confirm"),
    path("notices/<int:pk>/withdraw/", notices.withdraw, name="notice_withdraw"),
    path("notices/<int:pk>/notice.docx", notices.word, name="notice_word"),
]
