#!/usr/bin/env python
"""A script below the project, as other hosts have it; several processes."""
import os
import sys

_PROJECT_DIR = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "django_projects")
sys.path.insert(0, _PROJECT_DIR)
os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"

from django.core.servers.fastcgi import runfastcgi

runfastcgi(["method=prefork", "maxchildren=2", "minspare=1", "maxspare=1", "daemonize=false"])
