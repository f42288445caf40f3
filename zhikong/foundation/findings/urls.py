from django.urls import path

from zhikong.foundation.findings.views import pages, writes

app_name = "findings"

urlpatterns = [
    path("", pages.finding_list, name="list"),
    path("raise/", writes.raise_finding, name="raise"),
    path("<int:pk>/", pages.detail, name="detail"),
    path("<int:pk>/sheet/", pages.sheet, name="sheet"),
    path("<int:pk>/<slug:key>/", writes.take_step, name="step"),
]
