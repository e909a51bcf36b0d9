#!/home/mysite/bin/python
import sys, os

# Add a custom Python path.
sys.path.insert(0, "/home/mysite/projects/django")

# Switch to the directory of your project. (Optional.)
os.chdir("/home/mysite/projects/django/mysite")

# Set the DJANGO_SETTINGS_MODULE environment variable.
os.environ['DJANGO_SETTINGS_MODULE'] = "mysite.settings"

from django.core.servers.fastcgi import runfastcgi
runfastcgi(method="threaded", daemonize="false")
