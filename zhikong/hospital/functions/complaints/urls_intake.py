"""Addresses of intake."""

from django.urls import path

from zhikong.hospital.functions.complaints.views.intake import (
    acts,
    case,
    desk,
    figures,
    papers,
    points,
    statements,
)

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("new/", desk.new, name="new"),
    path("adopt/", desk.adopt, name="adopt"),
    path("settings/", desk.settings, name="settings"),
    path("points/", points.listed, name="points"),
    path("points/<int:pk>/poster.pdf", papers.poster, name="poster"),
    path("points/<int:pk>/end/", points.end, name="point_end"),
    path("notice.pdf", papers.notice, name="notice_pdf"),
    path("figures/", figures.page, name="figures"),
    path("figures.xlsx", figures.workbook, name="figures_workbook"),
    path("statements/<int:pk>/", statements.statement, name="statement"),
    path("<int:pk>/", case.page, name="complaint"),
    path("<int:pk>/answer.docx", papers.answer, name="answer_letter"),
    path("<int:pk>/<slug:act>/", acts.act, name="act"),
]
