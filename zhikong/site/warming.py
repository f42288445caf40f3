"""What a web process reads before it says that it is ready: the first reader after a start must not wait for it."""

from django.urls import get_resolver


def warm() -> None:
    """Every page's code, the packaged definitions and mappings: seconds of work that are done once a process."""
    from zhikong.foundation.packstore import kinds, shelf
    from zhikong.hospital.functions.datasources import mappings
    from zhikong.hospital.functions.indicators.catalogue import packaged_definitions

    get_resolver().url_patterns  # noqa: B018 - reading them loads the code of every page
    packaged_definitions()
    mappings.packaged()
    for name in shelf.ids(mappings.KIND):
        kinds.read(mappings.KIND, name, shelf.of(mappings.KIND, name).text)
