"""Addresses of analysis."""

from django.urls import path

from zhikong.hospital.functions.incidents.views.analysis import (
    acts,
    alerts,
    defects,
    lessons,
    measures,
    opening,
    papers,
    patients,
    workspace,
)

urlpatterns: list = [
    path("analyses/", workspace.listed, name="analyses"),
    path("analyses/new/<slug:code>/", opening.new, name="analysis_new"),
    path("analyses/light/<slug:code>/", opening.light, name="analysis_light"),
    path("analyses/merge/", opening.merge, name="analysis_merge"),
    path("analyses/<slug:code>/", workspace.page, name="analysis"),
    path("analyses/<slug:code>/report.docx", papers.report, name="analysis_report"),
    path("analyses/<slug:code>/a3.pdf", papers.a3, name="analysis_a3"),
    path("analyses/<slug:code>/act/<slug:act>/", acts.act, name="analysis_act"),
    path("analyses/<slug:code>/<slug:tab>/", workspace.page, name="analysis_tab"),
    path("actions/<int:pk>/", measures.page, name="measure"),
    path("actions/<int:pk>/<slug:act>/", measures.act, name="measure_act"),
    path("lessons/", lessons.listed, name="lessons"),
    path("lessons/new/", lessons.edit, name="lesson_new"),
    path("lessons/<slug:code>/", lessons.page, name="lesson"),
    path("lessons/<slug:code>/edit/", lessons.edit, name="lesson_edit"),
    path("lessons/<slug:code>/act/<slug:act>/", lessons.act, name="lesson_act"),
    path("alerts/", alerts.listed, name="alerts"),
    path("alerts/new/", alerts.edit, name="alert_new"),
    path("alerts/<slug:code>/", alerts.page, name="alert"),
    path("alerts/<slug:code>/edit/", alerts.edit, name="alert_edit"),
    path("alerts/<slug:code>/act/<slug:act>/", alerts.act, name="alert_act"),
    path("key-patients/", patients.listed, name="key_patients"),
    path("key-patients/new/", patients.new, name="key_patient_new"),
    path("key-patients/<slug:code>/", patients.page, name="key_patient"),
    path("key-patients/<slug:code>/act/<slug:act>/", patients.act, name="key_patient_act"),
    path("defects/", defects.listed, name="defects"),
    path("defects/new/", defects.new, name="defect_new"),
    path("defects/review/", defects.review, name="defect_review"),
    path("defects/<int:pk>/settle/", defects.settle, name="defect_settle"),
]
