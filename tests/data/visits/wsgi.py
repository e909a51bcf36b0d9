# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts its visits in each service that it finds in its environment, and says how many there were."""

import json
import os
import ssl

ENV = os.environ


def postgresql():
    import psycopg

    with psycopg.connect(ENV["DATABASE_URL"]) as line:
        line.execute("CREATE TABLE IF NOT EXISTS visits (n int)")
        line.execute("INSERT INTO visits VALUES (1)")
        return line.execute("SELECT count(*) FROM visits").fetchone()[0]


def redis():
    import redis as client

    return client.Redis.from_url(ENV["REDIS_URL"]).incr("visits")


def mariadb():
    import pymysql

    more = (
        {"ssl_ca": ENV["SQL_TRUST"], "ssl_verify_cert": True, "ssl_verify_identity": True} if "SQL_TRUST" in ENV else {}
    )
    who = {"user": ENV["MYSQL_USER"], "password": ENV["MYSQL_PASSWORD"], "database": ENV["MYSQL_DATABASE"]}
    line = pymysql.connect(host=ENV["MYSQL_HOST"], port=int(ENV["MYSQL_PORT"]), autocommit=True, **who, **more)
    with line, line.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS visits (n int)")
        cursor.execute("INSERT INTO visits VALUES (1)")
        cursor.execute("SELECT count(*) FROM visits")
        return cursor.fetchone()[0]


def rabbitmq():
    import pika

    where = pika.URLParameters(ENV["AMQP_URL"].partition("?")[0])
    if "QUEUE_TRUST" in ENV:
        context = ssl.create_default_context(cafile=ENV["QUEUE_TRUST"])
        where.ssl_options = pika.SSLOptions(context, ENV["QUEUE_HOST"])
    line = pika.BlockingConnection(where)
    channel = line.channel()
    channel.confirm_delivery()
    channel.queue_declare("visits", durable=True)
    channel.basic_publish("", "visits", b"1")
    count = channel.queue_declare("visits", passive=True).method.message_count
    line.close()
    return count


def memcached():
    from pymemcache.client.base import Client

    line = Client(f"unix:{ENV['MEMCACHED_SOCKET']}")
    line.add("visits", "0", noreply=False)
    return int(line.incr("visits", 1, noreply=False))


COUNTERS = {
    "POSTGRES_URL": postgresql,
    "REDIS_URL": redis,
    "MYSQL_URL": mariadb,
    "AMQP_URL": rabbitmq,
    "MEMCACHED_URL": memcached,
}


def application(environ, start_response):
    counts = {one.__name__: one() for name, one in COUNTERS.items() if name in ENV}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"version": ENV.get("VERSION"), "counts": counts}).encode()]
