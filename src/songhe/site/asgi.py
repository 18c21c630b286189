"""The door for the web server."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songhe.site.settings")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
