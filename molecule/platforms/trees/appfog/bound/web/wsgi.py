"""Writes a row into each database that is bound, and tells how many there are."""

import json
import os

import pymysql


def rows(credentials):
    connection = pymysql.connect(
        host=credentials["hostname"],
        port=credentials["port"],
        user=credentials["username"],
        password=credentials["password"],
        database=credentials["name"],
        autocommit=True,
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bowls (app VARCHAR(20))")
        cursor.execute("INSERT INTO bowls VALUES (%s)", (os.environ["VMC_APP_NAME"],))
        cursor.execute("SELECT app, COUNT(*) FROM bowls GROUP BY app")
        return dict(cursor.fetchall())


def application(environ, start_response):
    services = json.loads(os.environ["VCAP_SERVICES"])
    found = {one["name"]: rows(one["credentials"]) for one in services["mysql-5.1"]}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"databases": found, "environment": dict(os.environ)}).encode()]
