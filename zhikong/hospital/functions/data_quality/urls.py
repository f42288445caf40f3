from django.urls import path

from zhikong.hospital.functions.data_quality.views import comparing, front_pages, issues, overview, rows

app_name = "data_quality"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("inspect/", overview.inspect_now, name="inspect"),
    path("tables/<slug:table>/", overview.table, name="table"),
    path("issues/", issues.listed, name="issues"),
    path("issues/export/", issues.export, name="export"),
    path("issues/<int:pk>/", issues.page, name="issue"),
    path("issues/<int:pk>/judge/", issues.judge, name="judge"),
    path("issues/<int:pk>/assign/", issues.assign, name="assign"),
    path("issues/<int:pk>/rows/", rows.listed, name="rows"),
    path("issues/<int:pk>/rows/export/", rows.export, name="rows_export"),
    path("compare/", comparing.page, name="compare"),
    path("front_pages/", front_pages.page, name="front_pages"),
    path("front_pages/records/", front_pages.records, name="records"),
    path("front_pages/<slug:rule>/", front_pages.rule_page, name="front_page_rule"),
]
