from django.apps import AppConfig


class RecordReviewsConfig(AppConfig):
    name = "zhikong.hospital.functions.record_reviews"
    label = "record_reviews"
    verbose_name = "病历评审"

    def ready(self):
        from zhikong.hospital.functions.record_reviews import ready_reviewing, ready_sampling

        ready_reviewing.ready()
        ready_sampling.ready()
