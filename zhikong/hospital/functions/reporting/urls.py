from django.urls import path

from zhikong.hospital.functions.reporting.views import deciding, filling, overview

app_name = "reporting"

urlpatterns = [
    path("", overview.overview, name="list"),
    path("open/", overview.open_month, name="open"),
    path("remind/", overview.remind_late, name="remind_late"),
    path("sheets/<int:pk>/", filling.page, name="sheet"),
    path("sheets/<int:pk>/rows/", filling.save, name="save"),
    path("sheets/<int:pk>/rows/<slug:item>/", filling.save_row, name="save_row"),
    path("sheets/<int:pk>/paste/", filling.paste, name="paste"),
    path("sheets/<int:pk>/submit/", filling.submit, name="submit"),
    path("sheets/<int:pk>/export/", filling.export, name="export"),
    path("sheets/<int:pk>/<slug:step>/", deciding.take, name="step"),
]
