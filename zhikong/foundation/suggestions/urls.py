from django.urls import path

from zhikong.foundation.suggestions import views

app_name = "suggestions"

urlpatterns = [
    path("", views.service, name="service"),
    path("stays/<str:stay_id>/", views.stay, name="stay"),
    path("stays/<str:stay_id>/ask/", views.ask, name="ask"),
    path("<int:pk>/decide/", views.decide, name="decide"),
]
