"""Addresses of this half of the function."""

from django.urls import path

from zhikong.hospital.functions.record_reviews.views.reviewing import (
    cases,
    documents,
    queue,
    reviewing,
    settings,
)

urlpatterns: list = [
    path("", queue.page, name="review_queue"),
    path("fill/", queue.fill, name="review_fill"),
    path("settings/", settings.page, name="review_settings"),
    path("quarter/", queue.quarter, name="review_quarter"),
    path("<int:pk>/", reviewing.page, name="review"),
    path("<int:pk>/act/", reviewing.act, name="review_act"),
    path("<int:pk>/marks.xlsx", documents.workbook, name="review_marks_xlsx"),
    path("<int:pk>/marks.docx", documents.word, name="review_marks_docx"),
    path("records/<int:pk>/", cases.page, name="review_case"),
    path("records/<int:pk>/appeal/", cases.appeal, name="review_appeal"),
    path("records/<int:pk>/mend/", cases.mend, name="review_mend"),
    path("records/<int:pk>/recheck/", cases.recheck, name="review_recheck"),
    path("records/<int:pk>/arbitrate/", cases.arbitrate, name="review_arbitrate"),
    path("records/<int:pk>/archive/", cases.archive, name="review_archive"),
]
