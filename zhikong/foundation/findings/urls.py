from django.urls import path

from zhikong.foundation.findings.views import board, pages, papers, plan, writes

app_name = "findings"

urlpatterns = [
    path("", pages.finding_list, name="list"),
    path("raise/", writes.raise_finding, name="raise"),
    path("<int:pk>/", pages.detail, name="detail"),
    path("board/", board.board, name="board"),
    path("board.xlsx", board.workbook, name="workbook"),
    path("people/<int:pk>/", board.person, name="person"),
    path("<int:pk>/plan/", plan.plan, name="plan"),
    path("<int:pk>/measures/<int:measure>/done/", plan.measure_done, name="measure_done"),
    path("<int:pk>/sheet.pdf", papers.pdf, name="sheet_pdf"),
    path("<int:pk>/sheet.docx", papers.word, name="sheet_word"),
    path("<int:pk>/sheet/", pages.sheet, name="sheet"),
    path("<int:pk>/<slug:key>/", writes.take_step, name="step"),
]
