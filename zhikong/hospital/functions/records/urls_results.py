"""Addresses of this half of the function."""

from django.urls import path

from zhikong.hospital.functions.records.views.results import analysis, compliance, defects, lists, rules

urlpatterns = [
    path("defects/", defects.listing, name="defects"),
    path("defects/export/", defects.export, name="defects_export"),
    path("defects/screen/", defects.screen, name="screen"),
    path("defects/<int:pk>/finding/", defects.raise_one, name="raise_one"),
    path("charts/<str:stay>/", defects.record, name="record"),
    path("charts/<str:stay>/seal/", defects.seal, name="seal"),
    path("unchecked/", defects.unchecked, name="unchecked"),
    path("rules/", rules.listing, name="rules"),
    path("rules/preset/", rules.preset, name="rules_preset"),
    path("rules/<slug:rule>/", rules.rule_page, name="rule"),
    path("rules/<slug:rule>/finding/", defects.raise_rule, name="raise_rule"),
    path("matrix/", compliance.matrix, name="matrix"),
    path("trends/", compliance.places, name="trends"),
    path("trends/pareto.svg", compliance.pareto_picture, name="pareto"),
    path("writers/", compliance.writers, name="writers"),
    path("systems/", compliance.core_systems, name="core_systems"),
    path("systems/<str:system>/", compliance.core_system, name="core_system"),
    path("lists/", lists.listing, name="lists"),
    path("lists/<slug:name>/", lists.page, name="list"),
    path("lists/<slug:name>/export/", lists.export, name="list_export"),
    path("analysis/", analysis.page, name="analysis"),
    path("analysis/report.docx", analysis.word, name="analysis_word"),
    path("stages/", compliance.stages, name="stages"),
]
