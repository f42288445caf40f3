from django.urls import path

from zhikong.foundation.access import views, views_passwords

app_name = "access"
urlpatterns = [
    path("me/", views.own, name="own"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/open/", views.open_account, name="open"),
    path("accounts/<int:pk>/", views.account, name="account"),
    path("accounts/<int:pk>/active/", views.set_active, name="set_active"),
    path("accounts/<int:pk>/password/", views.reset_password, name="reset_password"),
    path("first-passwords/", views_passwords.index, name="first_passwords"),
    path("first-passwords/slips/", views_passwords.print_slips, name="print_slips"),
    path("roles/<int:pk>/end/", views.end_role, name="end_role"),
]
