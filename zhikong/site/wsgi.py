"""What the web server loads in each of its worker processes."""

import os
import signal

from django.core.wsgi import get_wsgi_application

from zhikong.site import connection, home, proxy, speak, warming
from zhikong.site.listening import tell_ready
from zhikong.site.monitoring import last_words
from zhikong.site.supervisor.guardian import tie_to_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhikong.site.settings")
if connection.process_role() == "web":
    tie_to_parent(signal.SIGKILL)  # an orphan would keep the port after a kill -9 of the web server

application = proxy.believing(
    speak.branch(get_wsgi_application()), home.options().get("trusted_proxy", False)
)
if connection.process_role() == "web":
    warming.warm()  # before the old process ends, not while somebody waits
    last_words.install()
    tell_ready()
