# Counts its visits in the database and in Redis, as dotCloud's documentation tells apps to reach them.
import json
import os
import socket

import psycopg
import redis

with open("/home/dotcloud/environment.json") as file:
    env = json.load(file)


def database():
    return psycopg.connect(
        host=env["DOTCLOUD_DB_SQL_HOST"],
        port=int(env["DOTCLOUD_DB_SQL_PORT"]),
        user=env["DOTCLOUD_DB_SQL_LOGIN"],
        password=env["DOTCLOUD_DB_SQL_PASSWORD"],
        dbname=env["DOTCLOUD_DB_SQL_URL"].rpartition("/")[2],
        autocommit=True,
    )


def answers():
    with database() as one:
        one.execute("CREATE TABLE IF NOT EXISTS visits (who text)")
        one.execute("INSERT INTO visits VALUES ('www')")
        yield "visits", [row[0] for row in one.execute("SELECT DISTINCT who FROM visits ORDER BY who")]
    with psycopg.connect(env["DOTCLOUD_DB_SQL_URL"]) as one:
        yield "by url", one.execute("SELECT 1").fetchone()[0]
    store = redis.Redis(
        env["DOTCLOUD_CACHE_REDIS_HOST"],
        int(env["DOTCLOUD_CACHE_REDIS_PORT"]),
        password=env["DOTCLOUD_CACHE_REDIS_PASSWORD"],
        decode_responses=True,
    )
    store.sadd("visits", "www")
    yield "redis", sorted(store.smembers("visits"))
    yield "redis by url", redis.Redis.from_url(env["DOTCLOUD_CACHE_REDIS_URL"]).ping()
    address = (env["DOTCLOUD_API_FEED_HOST"], int(env["DOTCLOUD_API_FEED_PORT"]))
    with socket.create_connection(address, 5) as feed:
        yield "feed", feed.recv(100).decode()
    yield "strings", all(isinstance(value, str) for value in env.values())
    yield "environment", {name: value == os.environ.get(name) for name, value in env.items()}


def application(environ, start_response):
    start_response("200 OK", [("Content-type", "application/json")])
    return [json.dumps(dict(answers())).encode()]
