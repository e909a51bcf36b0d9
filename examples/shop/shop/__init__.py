"""The project. Celery's app is there as soon as Django is, so that tasks go to its broker."""

import pymysql

from shop.celery import app as celery_app

# MariaDB without a compiler: Django speaks to PyMySQL as if it were mysqlclient.
pymysql.install_as_MySQLdb()

__all__ = ["celery_app"]
