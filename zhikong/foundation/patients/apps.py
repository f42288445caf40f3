from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "zhikong.foundation.patients"
    label = "patients"
    verbose_name = "患者"
