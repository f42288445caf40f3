"""Addresses of disputes and sealings."""

from django.urls import path

from zhikong.hospital.functions.complaints.views.disputes import (
    acts,
    board,
    case,
    figures,
    papers,
    sealings,
    statements,
)

urlpatterns: list = [
    path("disputes/", board.listed, name="disputes"),
    path("disputes/calendar/", board.calendar, name="dispute_calendar"),
    path("disputes/new/", board.new, name="dispute_new"),
    path("disputes/from/<int:pk>/", board.from_complaint, name="dispute_from_complaint"),
    path("disputes/figures/", figures.page, name="dispute_figures"),
    path("disputes/figures.xlsx", figures.workbook, name="dispute_workbook"),
    path("disputes/figures.docx", figures.report, name="dispute_report"),
    path("disputes/statements/<int:pk>/", statements.page, name="dispute_statement"),
    path("disputes/statements/<int:pk>/<slug:act>/", statements.act, name="dispute_statement_act"),
    path("disputes/<int:pk>/", case.page, name="dispute"),
    path("disputes/<int:pk>/discussion/", case.discussion, name="dispute_discussion"),
    path("disputes/<int:pk>/contacts/<int:party>/", case.contact, name="dispute_contact"),
    path("disputes/<int:pk>/file.docx", papers.case_file, name="dispute_file"),
    path("disputes/<int:pk>/file.pdf", papers.case_pdf, name="dispute_pdf"),
    path("disputes/<int:pk>/autopsy.docx", papers.autopsy_notice, name="dispute_autopsy_notice"),
    path("disputes/<int:pk>/do/<slug:act>/", acts.act, name="dispute_act"),
    path("disputes/<int:pk>/do/<slug:act>/<int:child>/", acts.act, name="dispute_part"),
    path("sealings/", sealings.listed, name="sealings"),
    path("sealings/new/", sealings.new, name="sealing_new"),
    path("sealings/<int:pk>/", sealings.page, name="sealing"),
    path("sealings/<int:pk>/list.docx", papers.sealing_sheet, name="sealing_sheet"),
    path("sealings/<int:pk>/list.pdf", papers.sealing_pdf, name="sealing_pdf"),
    path("sealings/<int:pk>/<slug:act>/", sealings.act, name="sealing_act"),
]
