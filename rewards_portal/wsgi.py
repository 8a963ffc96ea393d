"""The web server's entry: gunicorn rewards_portal.wsgi."""

import os

from django.core.wsgi import get_wsgi_application

from rewards_portal.checks import insist
from rewards_portal.inputs import counted_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rewards_portal.settings")
application = counted_bodies(get_wsgi_application())
# Management commands run the checks by themselves; a web server has to be told.
insist()
