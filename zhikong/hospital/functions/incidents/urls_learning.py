"""Addresses of learning."""

from django.urls import path

from zhikong.hospital.functions.incidents.views.learning import changes, culture, overview, triggers

urlpatterns = [
    path("learning/", overview.page, name="learning"),
    path("learning/control.svg", overview.control_chart, name="learning_control"),
    path("learning/pareto.svg", overview.pareto_chart, name="learning_pareto"),
    path("learning/cases/", overview.behind, name="learning_cases"),
    path("learning/export/", overview.export, name="learning_export"),
    path("learning/report/", overview.paper, name="learning_report"),
    path("learning/culture/", culture.page, name="learning_culture"),
    path("learning/clusters/", culture.clusters, name="learning_clusters"),
    path("learning/clusters/scan/", culture.scan, name="learning_scan"),
    path("learning/triggers/", triggers.listing, name="learning_triggers"),
    path("learning/triggers/<slug:trigger>/", triggers.page, name="learning_trigger"),
    path("learning/triggers/<slug:trigger>/<slug:key>/", triggers.judge, name="learning_judge"),
    path("changes/", changes.listing, name="changes"),
    path("changes/<str:code>/", changes.ward, name="changes_of"),
    path("changes/<str:code>/poster/", changes.poster, name="changes_poster"),
    path("changes/<str:code>/release/", changes.release, name="change_new"),
    path("changes/<int:pk>/withdraw/", changes.withdraw, name="change_withdraw"),
]
