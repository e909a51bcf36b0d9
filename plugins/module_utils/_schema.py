# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of every key of ``pyhost_apps``: type, choices, default, rule and documentation. PRIVATE.

``_shape`` reads input by this table; argument specs and pages of documentation are generated from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Callable

from ansible_collections.pyhost.platform.plugins.module_utils import _formats as formats
from ansible_collections.pyhost.platform.plugins.module_utils import _process_formats, _schedule, _webroot
from ansible_collections.pyhost.platform.plugins.module_utils._listen import listen_form
from ansible_collections.pyhost.platform.plugins.module_utils._models import SIZES

Rule = Callable[[str], str]

MOD_PYTHON = "mod_python"
NO_MOD_PYTHON = (
    "runs code inside of Apache and is no server of this collection, nor a package of any distribution it knows; "
    "give the code a WSGI callable and write server: mod_wsgi, or another one that runs such a callable"
)
"""Said of it wherever it is asked for ("Use Python in the web", section mod_python)."""


@dataclass(frozen=True)
class Key:
    """One key.

    ``type`` and ``elements`` are Ansible's words (str, int, bool, list, dict). ``example`` is YAML that an
    error may offer. ``number``: a string (or element) that may be written as an integer. ``least`` and
    ``most`` bound an int. ``rule`` judges the string, or each element; ``name_rule`` the names of a dict
    without ``keys``, which ``number_names`` allows to be integers. A dict with ``elements`` dict has names of the
    user's, each with a table of ``keys``, or with a plain string that stands for the one key ``short``.
    ``refused`` are values that have a reason of their own not to
    be among the choices. ``secret``: the value is never shown.
    """

    name: str
    type: str
    text: str
    example: str
    default: Any = None
    required: bool = False
    choices: tuple[str, ...] = ()
    elements: str = ""
    keys: tuple[Key, ...] = ()
    number: bool = False
    number_names: bool = False
    least: int = 0
    most: int = 86400
    rule: Rule | None = None
    name_rule: Rule | None = None
    short: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    secret: bool = False


SOURCE = (
    Key("path", "str", "Directory on the controller.", "../ramen", rule=formats.one_line),
    Key("git", "str", "URL of a git repository.", "https://example.com/ramen.git", rule=formats.git_url),
    Key("version", "str", "Branch, tag or commit; the remote's default branch if not given.", "main",
        default="", rule=formats.git_version),
    Key("archive", "str", "A tar or zip file: a path on the controller or an http(s) URL.", "../ramen.tar.gz",
        rule=formats.archive),
    Key("checksum", "str", "sha256: and 64 hexadecimal digits; an archive from a URL needs it.", '"sha256:…"',
        default="", rule=formats.checksum),
)  # fmt: skip

LOCATION = (
    Key("location", "str", "Where the URL path begins; ends with / if the alias does.", "/static/", required=True),
    Key("alias", "str", "The files: relative to approot, or below /srv/app/, /srv/data/ or /srv/static/.", "static/",
        required=True),
    Key("expires", "str", "How long browsers keep the files, as nginx writes it.", "30d", default=""),
)  # fmt: skip

CONFIG = (
    Key("uwsgi_processes", "int", "uWSGI: number of processes; the workers if not given.", "4", least=1, most=512),
    Key("uwsgi_memory_report", "bool", "uWSGI: log the memory use of each request.", "true", default=False),
    Key("uwsgi_buffer_size", "int", "uWSGI: bytes for the headers of a request.", "8192", default=4096, least=1,
        most=65535),
    Key("uwsgi_harakiri", "int", "uWSGI: seconds after which a request is dropped and its worker recycled; 0 is never.",
        "75"),
    Key("uwsgi_enable_threads", "bool", "uWSGI: let the app start threads.", "true", default=False),
    Key("uwsgi_single_interpreter", "bool", "uWSGI: run the app in the first interpreter of a process.", "true",
        default=False),
    Key("mod_wsgi_mode", "str", "mod_wsgi: processes of the app's own (daemon), or those of Apache (embedded).",
        "embedded", default="daemon", choices=("daemon", "embedded")),
    Key("mod_wsgi_threads", "int", "mod_wsgi: threads of each process.", "15", default=5, least=1, most=512),
    Key("method", "str", "fastcgi, scgi: a process for each worker, or one process with a thread for each.",
        "threaded", default="prefork", choices=("prefork", "threaded")),
    Key("cgi_processes", "int", "cgi: processes at once; four for each worker if not given. Further requests wait for "
        "one, as long as cgi_timeout.", "8", least=1, most=512),
    Key("cgi_timeout", "int", "cgi: seconds that a process may take; then it is ended, and the answer is 504.", "60",
        default=60, least=1),
)  # fmt: skip

HEALTH = (
    Key("path", "str", "What a new instance is asked for.", "/", default="/", rule=formats.health_path),
    Key("status", "str", "Accepted statuses: codes and ranges.", '"200-399,401"', default="200-399", number=True,
        rule=formats.health_status),
    Key("timeout", "int", "Seconds from the start of an instance to its last good answer.", "30", default=30, least=1,
        most=3600),
    Key("good", "int", "Good answers that make an instance healthy.", "2", default=2, least=1, most=20),
    Key("seconds", "int", "Seconds over which the same processes must give good answers; 4, or half of a shorter "
        "timeout, if not given.", "4", most=600),
    Key("command", "str", "A command that must succeed, too; run in the app's environment.", "python probe.py",
        default="", rule=formats.one_line),
)  # fmt: skip

HOOKS = (
    Key("release", "str", "Runs once per rollout, on one host, before the new version serves.",
        "python manage.py migrate", default="", rule=formats.one_line),
)  # fmt: skip

PROCESS = (
    Key("command", "str", "What it runs; that of the Procfile if not given.", "celery -A shop worker",
        rule=formats.one_line),
    Key("count", "int", "How many of it run; 0 is none.", "2", default=1, most=64),
    Key("stop_signal", "str", "The signal that asks it to finish and end.", "INT", default="TERM",
        choices=_process_formats.SIGNALS),
    Key("stop_wait", "int", "Seconds that it then has before it is killed; the app's drain if not given.", "600",
        least=1),
    Key("memory", "str", "Memory of one, with all that it starts; one that takes more is ended as stop_signal and "
        "stop_wait say, and started again. No limit if not given.", '"256M"', default="", number=True,
        rule=_process_formats.memory),
)  # fmt: skip

LIMITS = (
    Key("memory", "str", "Memory of the cell; no limit if not given.", '"512M"', default="", number=True,
        rule=formats.amount),
    Key("cpu", "str", "Share of one CPU; no limit if not given.", '"50%"', default="", rule=formats.cpu),
    Key("tasks", "str", "Processes and threads of the cell; no limit if not given.", "100", default="", number=True,
        rule=formats.tasks),
    Key("disk", "str", "Disk space of the app's user; its file system has to have user quotas. No limit if not given.",
        '"2G"', default="", number=True, rule=formats.amount),
)  # fmt: skip

CRON = (
    Key("schedule", "str", "When it runs, in the timezone of the host: minute, hour, day of month, month and day of "
        "week as in crontab(5), or @hourly, @daily, @weekly, @monthly, @yearly, or @reboot for the start of the cell.",
        '"*/5 * * * *"', required=True, rule=_schedule.problem),
    Key("command", "str", "What runs then, in the release and with the environment and virtualenv of the app.",
        "python manage.py clearsessions", required=True, rule=formats.one_line),
    Key("overlap", "str", "What happens when it is due and still runs: it is left out, runs once the run before it has "
        "ended, or runs beside it.", "queue", default="skip", choices=("skip", "queue", "allow")),
    Key("max_age", "int", "Seconds after which a run is ended, with all that it started.", "3600", default=86400,
        least=1, most=604800),
)  # fmt: skip

LOGS = (
    Key("size", "str", "A log that is larger is turned over.", "10M", default="10M", number=True,
        rule=formats.log_size),
    Key("keep", "int", "Older parts of each log that stay.", "5", default=5, least=1, most=100),
    Key("days", "int", "Days after which nothing of a log stays.", "14", default=14, least=1, most=3650),
)  # fmt: skip

REQUESTS = (
    Key("body", "str", "The largest request that is taken, as nginx writes sizes; a larger one meets 413.", "20m",
        default="100m", number=True, rule=formats.body_size),
    Key("timeout", "int", "Seconds that the app may be silent: before its answer, within a stream, on a websocket; "
        "then comes 504.", "60", default=300, least=1),
    Key("rate", "int", "Requests a second of one client's address, twice as many at once; more meet 429. 0 is no "
        "limit. For domains only.", "20", default=0, most=100000),
    Key("connections", "int", "Requests of one client's address at the same time; more meet 429. 0 is no limit. For "
        "domains only.", "50", default=0, most=65535),
)  # fmt: skip

FRONT = (
    Key("web_root", "str", "Directory of the account that the host's Apache serves; its files stay, and it leads "
        "everything else to the app.", "~/public_html", default="", rule=_webroot.path_problem),
    Key("via", "str", "How: a FastCGI script, for mod_fcgid with suexec, or mod_proxy, which does not tell the app who "
        "asks.", "proxy", default="fastcgi", choices=_webroot.VIAS),
)  # fmt: skip

TLS = (
    Key("certificate", "str", "The certificate and its chain, a PEM file on the controller.", "tls/ramen.pem",
        default="", rule=formats.one_line),
    Key("key", "str", "Its private key, a PEM file on the controller, which Ansible Vault may encrypt.",
        "tls/ramen.key", default="", rule=formats.one_line),
    Key("self_signed", "bool", "Make a certificate instead; browsers warn about it.", "true", default=False),
    Key("acme", "bool", "Have pyhost_acme_directory issue a certificate, and a new one before it ends; this agrees to "
        "the authority's terms. The domains have to lead to this host by then.", "true", default=False),
    Key("redirect", "bool", "Lead http to https.", "false", default=True),
    Key("hsts", "int", "Seconds for which browsers shall ask by https only (RFC 6797); 0 tells them nothing.",
        "31536000", default=0, most=63072000),
)  # fmt: skip


def keys(platforms: tuple[str, ...] = (), servers: tuple[str, ...] = ()) -> tuple[Key, ...]:
    """The table, with the names of the platforms and servers that there are as choices."""
    return (
        Key("name", "str", "Name of the app; becomes its user and directory.", "ramen", required=True,
            rule=formats.name),
        Key("platform", "str", "The profile that the host follows for this app.", "native", default="native",
            choices=platforms),
        Key("service", "str", "Which one of the services or applications that the source itself describes; all of "
            "them, each an app, if not given and the source is on the controller.", "www", default="",
            rule=formats.service),
        Key("source", "dict", "Where the code is: one of path, git or archive.", "{path: ../ramen}", keys=SOURCE),
        Key("approot", "str", "Directory of the app below the source.", "shop", default=".",
            rule=formats.relative_path),
        Key("python", "str", "Branch of Python; pyhost_python_default if not given.", '"3.13"', default="",
            rule=formats.python_branch),
        Key("server", "str", "How the app's callable is run; found out if not given. none is an app of "
            "processes only.", "gunicorn", default="",
            choices=servers, refused={MOD_PYTHON: NO_MOD_PYTHON}),
        Key("entrypoint", "str", "Module and callable; found out if not given.", "wsgi:application", default="",
            rule=formats.entrypoint),
        Key("command", "str", "Runs anything that speaks HTTP on $PORT or $SOCKET, instead of a server.",
            "python serve.py", default="", rule=formats.one_line),
        Key("port", "int", "The port that the command listens on, whatever $PORT says; such an app cannot run twice, "
            "so its strategy is restart. 0 is $PORT.", "8080", default=0, most=65535),
        Key("domains", "list", "Host names of the app.", "[ramen.example.com]", default=(), elements="str",
            rule=formats.domain),
        Key("tls", "dict", "The certificate of the domains; without one they speak http.", "{self_signed: true}",
            default={}, keys=TLS),
        Key("listen", "list", "Addresses and ports on which the cell's nginx listens; the first free port of "
            "127.0.0.1 from 8000 if neither this nor domains is given.", '["127.0.0.1:8000"]', default=(),
            elements="str", number=True, rule=listen_form),
        Key("front", "dict", "The host's own Apache before the app; in account scope.", "{web_root: ~/public_html}",
            default={}, keys=FRONT),
        Key("locations", "list", "URL paths that nginx answers with files.",
            "[{location: /static/, alias: static/}]", default=(), elements="dict", keys=LOCATION),
        Key("environment", "dict", "Variables of the app's processes.", "{DJANGO_SETTINGS_MODULE: shop.settings}",
            default={}, elements="str", number=True, rule=formats.environment_value,
            name_rule=formats.environment_name, secret=True),
        Key("size", "str", "Number of workers by name: "
            + ", ".join(f"{size} {count}" for size, count in SIZES.items()) + ".", "small", default="small",
            choices=tuple(SIZES)),
        Key("workers", "int", "Number of workers, instead of size.", "3", least=1, most=512),
        Key("requirements", "list", "Requirements files below approot; found out if not given.", "[requirements.txt]",
            elements="str", rule=formats.relative_path),
        Key("constraints", "list", "Constraints files below approot.", "[constraints.txt]", default=(), elements="str",
            rule=formats.relative_path),
        Key("installer", "str", "What installs the requirements; uv if not given, or pip for a branch that uv does "
            "not serve, which is 2.7.", "uv", default="", choices=("uv", "pip")),
        Key("pip_index_url", "str", "Package index; that of the host's installer if not given.",
            "https://pypi.org/simple", default="", rule=formats.index_url),
        Key("collectstatic", "bool", "Run Django's collectstatic where STATIC_ROOT is set.", "false", default=True),
        Key("config", "dict", "Options of the server.", "{uwsgi_harakiri: 75}", default={}, keys=CONFIG),
        Key("processes", "dict", "Further programs of the app by name, each a command or these keys; those of a "
            "Procfile run, too.", "{worker: celery -A shop worker}", default={}, elements="dict", keys=PROCESS,
            short="command", name_rule=_process_formats.process_name),
        Key("cron", "dict", "What runs by the clock, by name.",
            '{tidy: {schedule: "@daily", command: python tidy.py}}', default={}, elements="dict", keys=CRON,
            name_rule=formats.cron_name),
        Key("logs", "dict", "How much of the app's logs stays.", "{size: 10M, keep: 5, days: 14}", default={},
            keys=LOGS),
        Key("services", "list", "Services of pyhost_services that the app is bound to, each with a database, vhost or "
            "instance of its own; the first one of a type gives DATABASE_URL, REDIS_URL and so on.", "[db, cache]",
            default=(), elements="str", rule=formats.service_name),
        Key("services_of", "str", "App of this list whose databases, vhosts and instances this one shares, in place of "
            "having its own; with logins of its own.", "shop", default="", rule=formats.name),
        Key("after", "list", "Apps whose new versions serve before that of this one starts; if one of them fails, this "
            "one stays as it is.", "[api]", default=(), elements="str", rule=formats.name),
        Key("health", "dict", "How a new instance proves itself.", "{path: /, timeout: 30}", default={}, keys=HEALTH),
        Key("hooks", "dict", "Commands at points of the app's life.", "{release: python manage.py migrate}",
            default={}, keys=HOOKS),
        Key("strategy", "str", "How a new version takes over: started beside the old one, or for apps that cannot "
            "run twice by a restart, during which requests fail.", "restart", default="beside",
            choices=("beside", "restart")),
        Key("maintenance", "bool", "Answer every request with 503 and a page, 503.html of approot if it is there; "
            "nothing is stopped.", "true", default=False),
        Key("error_pages", "dict", "Pages below approot for statuses from 400 to 599, whether nginx or the app gives "
            "them.", "{404: errors/404.html}", default={}, elements="str", rule=formats.relative_path,
            number_names=True, name_rule=formats.error_status),
        Key("nginx_alias_check", "str", "What an alias in the owner's own nginx text does that serves files beside "
            "those it names: fail the app, or be told in the report.", "warn", default="refuse",
            choices=("refuse", "warn")),
        Key("network", "str", "shared: that of the host. private: one of its own, where every port is free and from "
            "which the outside can be reached; for apps with domains, in system scope.", "private", default="shared",
            choices=("shared", "private")),
        Key("ssh_keys", "list", "Public keys of who may log in as the app's user: into the cell, with the app's "
            "environment and virtualenv, by ssh, scp, sftp and rsync.", '["ssh-ed25519 AAAA… me@laptop"]', default=(),
            elements="str", rule=formats.ssh_key),
        Key("limits", "dict", "Resource limits of the cell.", "{memory: 512M}", default={}, keys=LIMITS),
        Key("requests", "dict", "What visitors may ask of the app.", "{body: 20m, timeout: 60}", default={},
            keys=REQUESTS),
        Key("build_timeout", "int", "Seconds for the whole build.", "900", default=900, least=1),
        Key("drain", "int", "Seconds that an old instance has to finish its requests.", "30", default=30, most=3600),
        Key("state", "str", "absent removes exactly what was created.", "present", default="present",
            choices=("present", "absent")),
        Key("purge", "bool", "With state absent: remove data and logs, too. In any case: remove the data of "
            "services that the app is no longer bound to.", "true", default=False),
    )  # fmt: skip


def _below(key: Key) -> str:
    """What stands between the name of a key and one of its ``keys``."""
    return "[]." if key.type == "list" else ".NAME." if key.elements else "."


def rows(table: tuple[Key, ...], prefix: str = "") -> Iterator[tuple[str, str, str, str]]:
    """What `documentation` says of the keys of ``table``."""
    for key in table:
        type_ = f"list of {key.elements}" if key.type == "list" else key.type
        default = "required" if key.required else "" if key.default is None else json.dumps(key.default)
        choices = f" One of {', '.join(key.choices)}." if key.choices else ""
        yield prefix + key.name, type_, default, key.text + choices
        yield from rows(key.keys, prefix + key.name + _below(key))


def documentation(platforms: tuple[str, ...] = (), servers: tuple[str, ...] = ()) -> list[tuple[str, str, str, str]]:
    """One (key, type, default, text) for every key, nested ones as ``health.path``, ``locations[].alias``
    and ``processes.NAME.count``.

    The default is JSON, "required" for a key that must be given, "" for a key without default.
    """
    return list(rows(keys(platforms, servers)))
