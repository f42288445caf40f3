from django.urls import path

from zhikong.hospital.functions.indicators.views import (
    alerts,
    board,
    cases,
    closing,
    counting,
    definition,
    detail,
    library,
    previews,
    small_cells,
    targets,
)

app_name = "indicators"

urlpatterns = [
    path("", board.board, name="list"),
    path("export/", board.export, name="export"),
    path("library/", library.library, name="library"),
    path("library/export/", library.export, name="library_export"),
    path("library/<slug:indicator_id>/", definition.definition, name="definition"),
    path("months/", closing.months, name="months"),
    path("months/<str:month>/", closing.month, name="month"),
    path("months/<str:month>/analyse/", closing.analyse, name="analyse"),
    path("months/<str:month>/close/", closing.close, name="close"),
    path("months/<str:month>/reopen/", closing.reopen, name="reopen"),
    path("months/<str:month>/revise/", closing.revise, name="revise"),
    path("small-cells/", small_cells.small_cells, name="small_cells"),
    path("previews/<int:pk>/", previews.preview, name="preview"),
    path("previews/<int:pk>/seen/", previews.seen, name="preview_seen"),
    path("previews/<int:pk>/cases/", previews.moved, name="preview_cases"),
    path("targets/", targets.targets, name="targets"),
    path("targets/presets/<str:name>/", targets.preset, name="preset"),
    path("targets/<slug:indicator_id>/", targets.target, name="target"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/settings/", alerts.settings, name="alert_settings"),
    path("alerts/silence/", alerts.silence, name="alert_silence"),
    path("alerts/<int:pk>/", alerts.answer, name="alert"),
    path("alerts/<int:pk>/judge/", alerts.judge, name="alert_judge"),
    path("<slug:indicator_id>/", detail.detail_page, name="detail"),
    path("<slug:indicator_id>/counted-source/", counting.counted_source, name="counted_source"),
    path("<slug:indicator_id>/chart.svg", detail.picture, name="chart"),
    path("<slug:indicator_id>/cases/", cases.cases, name="cases"),
    path("<slug:indicator_id>/cases/export/", cases.export, name="cases_export"),
]
