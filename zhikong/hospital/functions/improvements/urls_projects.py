"""Addresses of projects, suggestions and contests."""

from django.urls import path

from zhikong.hospital.functions.improvements.views.projects import (
    contests,
    measures,
    register,
    reports,
    single,
    steps,
    suggestions,
)

urlpatterns: list = [
    path("", register.listed, name="projects"),
    path("new/", register.new, name="project_new"),
    path("figures/", register.figures, name="project_figures"),
    path("suggestions/", suggestions.listed, name="suggestions"),
    path("suggestions/new/", suggestions.new, name="suggestion_new"),
    path("suggestions/<int:pk>/", suggestions.page, name="suggestion"),
    path("suggestions/<int:pk>/<slug:act>/", suggestions.act, name="suggestion_act"),
    path("contests/", contests.listed, name="contests"),
    path("contests/new/", contests.new, name="contest_new"),
    path("contests/<int:pk>/", contests.page, name="contest"),
    path("contests/<int:pk>/certificates.docx", contests.certificates, name="contest_certificates"),
    path("contests/<int:pk>/<slug:act>/", contests.act, name="contest_act"),
    path("readings/<int:pk>/<slug:act>/", contests.reading, name="contest_reading"),
    path("<int:pk>/", single.page, name="project"),
    path("<int:pk>/edit/", single.edit, name="project_edit"),
    path("<int:pk>/team/", single.team, name="project_team"),
    path("<int:pk>/watch/", single.watch, name="project_watch"),
    path("<int:pk>/link/", single.link, name="project_link"),
    path("<int:pk>/decide/<slug:act>/", single.decide, name="project_decide"),
    path("<int:pk>/pictures/<slug:name>.svg", single.picture, name="project_picture"),
    path("<int:pk>/reports/<slug:name>.<slug:ending>", reports.report, name="project_report"),
    path("<int:pk>/measures/new/", measures.measure, name="measure_new"),
    path("<int:pk>/measures/<int:number>/", measures.measure, name="measure"),
    path("<int:pk>/measures/<int:number>/done/", measures.done, name="measure_done"),
    path("<int:pk>/measures/<int:number>/remove/", measures.remove, name="measure_remove"),
    path("<int:pk>/steps/<slug:key>/", steps.page, name="project_step"),
    path("<int:pk>/steps/<slug:key>/vote/", measures.vote, name="project_vote"),
    path("<int:pk>/steps/<slug:key>/<slug:act>/", steps.act, name="project_step_act"),
]
