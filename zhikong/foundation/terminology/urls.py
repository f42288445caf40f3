from django.urls import path

from zhikong.foundation.terminology import views

app_name = "terminology"

urlpatterns = [
    path("", views.system_list, name="list"),
    path("<slug:system_id>/", views.system_terms, name="terms"),
    path("<slug:system_id>/codes/", views.codes, name="codes"),
    path("<slug:system_id>/editions/", views.edition_list, name="editions"),
    path("<slug:system_id>/history/", views.history, name="history"),
    path("terms/<int:pk>/", views.term, name="term"),
    path("terms/<int:pk>/decide/", views.decide, name="decide"),
]
