"""What this part of the function registers with the foundation when the site starts."""

import os


def ready() -> None:
    """Called once, when all apps are loaded. The worker readies the spool: the web server has no private key."""
    from zhikong.hospital.functions.incidents import case_parts_handling, jobs_anonymous
    from zhikong.hospital.functions.incidents.views.anonymous import office

    case_parts_handling.register(40, office.part, "anonymous")
    if os.environ.get("ZHIKONG_ROLE") == "worker":
        jobs_anonymous.prepare()
