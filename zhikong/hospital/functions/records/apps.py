from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "zhikong.hospital.functions.records"
    label = "records"
    verbose_name = "病历质控"

    def ready(self):
        from zhikong.hospital.functions.records import ready_results, ready_running

        ready_running.ready()
        ready_results.ready()
