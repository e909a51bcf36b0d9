"""The site of a new app, until its owner brings one: it says what there is, and where."""

import platform

PAGE = """<!doctype html>
<html lang="cs">
<meta charset="utf-8">
<title>Roští.cz</title>
<h1>Aplikace běží</h1>
<p>Python {version}. Tahle stránka je v <code>/srv/app/app.py</code>; nahraďte ji svou aplikací.</p>
<ul>
<li><code>/srv/app</code>: kód, <code>/srv/app/requirements.txt</code>: závislosti</li>
<li><code>/srv/venv</code>: virtualenv</li>
<li><code>/srv/conf/nginx.d/python.conf</code>, <code>/srv/conf/supervisor.d/python.conf</code>: konfigurace</li>
<li><code>/srv/logs</code>: logy, <code>/srv/static</code>: statické soubory</li>
</ul>
<p>Po změně: <code>supervisorctl restart app</code></p>
"""


def application(environ, start_response):
    body = PAGE.format(version=platform.python_version()).encode("utf-8")
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
