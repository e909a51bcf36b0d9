# Writes into the database and into Redis of the project, for as long as it runs.
import os
import sys
import time

import psycopg
import redis

while True:
    with psycopg.connect(os.environ["DOTCLOUD_DB_SQL_URL"]) as database:
        database.execute("CREATE TABLE IF NOT EXISTS visits (who text)")
        database.execute("INSERT INTO visits VALUES (%s)", sys.argv[1:2])
    redis.Redis.from_url(os.environ["DOTCLOUD_CACHE_REDIS_URL"]).sadd("visits", sys.argv[1])
    print("wrote as", sys.argv[1])
    time.sleep(1)
