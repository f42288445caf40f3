from django.apps import AppConfig


class SuggestionsConfig(AppConfig):
    name = "zhikong.foundation.suggestions"
    label = "suggestions"
    verbose_name = "病历建议"
