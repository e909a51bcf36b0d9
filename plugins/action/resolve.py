# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage resolve: complete and check every app before anything is touched."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.utils.display import Display
from ansible_collections.pyhost.platform.plugins.module_utils._completed import completed
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import PLATFORMS
from ansible_collections.pyhost.platform.plugins.module_utils._resolve import Settings, resolve
from ansible_collections.pyhost.platform.plugins.module_utils._servers import SERVERS
from ansible_collections.pyhost.platform.plugins.module_utils._service import Service, type_problems
from ansible_collections.pyhost.platform.plugins.plugin_utils import (
    _acme,
    _certificates,
    _declared_services,
    _rehearsal,
    _state,
)
from ansible_collections.pyhost.platform.plugins.plugin_utils._certificates import Pair
from ansible_collections.pyhost.platform.plugins.plugin_utils._expand import expanded
from ansible_collections.pyhost.platform.plugins.plugin_utils._passwords import Passwords
from ansible_collections.pyhost.platform.plugins.plugin_utils._settings import read_settings
from ansible_collections.pyhost.platform.plugins.plugin_utils._source import local_facts, open_source
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage


class ActionModule(Stage):
    """Reads the apps' own variables and, for sources on the controller, the sources."""

    name = "resolve"
    fresh = True
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        _state.forget_killed()
        entries = args.pop("apps", None)
        settings = read_settings(args, self._task.check_mode)
        services, wrong = self._read_services(settings)
        entries, unread = expanded([] if entries is None else entries, Path(settings["base"]))
        wrong = [*wrong, *unread]
        known = Settings(settings["scope"], settings["root"], "", tuple(PLATFORMS), tuple(SERVERS), services)
        try:
            apps = resolve(entries, known)
        except Problems as error:
            raise Problems([*error.problems, *wrong]) from error
        apps = _networked(apps, entries)
        listening = {app.name for app in apps if "listen" in app.given}
        declared = {app.name: app.python for app in apps}
        if settings["rehearse"]:
            apps = _rehearsal.cast(apps, settings["rehearse"], settings["only"])
        rows: dict[str, Any] = {}
        problems: list[Problem] = [*wrong, *self._read_secrets(apps, services, settings)]
        for app in apps:
            row: dict[str, Any] = {
                "app": app.to_dict(),
                "stages": {},
                "todo": {},
                "failed": None,
                "local": None,
                "facts": None,
            }
            row["declared"] = declared[app.name]
            row["port_free"] = bool(app.listen) and app.name not in listening
            rows[app.name] = row
            if app.state == "present":
                if settings["scope"] == "account" and PLATFORMS[app.platform].views:
                    text = f'"{app.platform}" needs root on the host, to put apps where they look for themselves'
                    problems.append(Problem(app.name, "platform", f"{text}; pyhost_scope is account"))
                    continue
                if settings["scope"] == "account" and app.server and SERVERS[app.server].system_packages:
                    names = ", ".join(SERVERS[app.server].system_packages)
                    fix = "ask who runs the host for them, or write another server, such as gunicorn"
                    text = f'"{app.server}" is built with packages of the host ({names}), which need root; {fix}'
                    problems.append(Problem(app.name, "server", f"{text}; pyhost_scope is account"))
                    continue
                problems.extend(self._read_source(app, Path(settings["base"]), row, services))
                problems.extend(self._read_pair(app, Path(settings["base"]), row))
        if problems:
            raise Problems(problems)
        self.state = {"settings": settings, "order": [app.name for app in apps], "apps": rows}
        self.state["services"] = {name: service.to_dict() for name, service in services.items()}
        return {"changed": False, "apps": [app.name for app in apps]}

    def _read_services(self, settings: dict[str, Any]) -> tuple[dict[str, Service], list[Problem]]:
        """The declared services as apps of this host see them, and what is wrong with them."""
        hosts = self.vars.get("hostvars") or {}
        names = (self.vars.get("groups") or {}).get("all", [])
        addresses = {str(name): str(hosts[name].get("ansible_host", "")) for name in names if name in hosts}
        inventory = _declared_services.Inventory(self.host, {self.host: "", **addresses})
        return _declared_services.read(settings["services"], settings["services_rotation"], inventory)

    def _read_secrets(
        self, apps: tuple[App, ...], services: dict[str, Service], settings: dict[str, Any]
    ) -> list[Problem]:
        """What is wrong with the passwords of bindings that are there already; none is made yet."""
        passwords = Passwords(self, settings)
        found = []
        for app in apps:
            for place, name in enumerate(app.services if app.state == "present" else ()):
                if text := passwords.problem(app.name, services[name], app.services_of):
                    found.append(Problem(app.name, f"services[{place}]", text))
        return found

    def _read_pair(self, app: App, base: Path, row: dict[str, Any]) -> list[Problem]:
        """The app's certificate and key, checked; Ansible's loader decrypts what Vault has encrypted."""
        if app.tls.acme and not _acme.available():
            fix = f"ansible-galaxy collection install {_acme.COLLECTION}"
            return [Problem(app.name, "tls.acme", f"needs the collection {_acme.COLLECTION} on the controller: {fix}")]
        if not app.tls.certificate:
            return []
        texts, found = {}, []
        for name in ("certificate", "key"):
            path = base / Path(getattr(app.tls, name)).expanduser()
            try:
                texts[name] = Path(self._loader.get_real_file(str(path))).read_text("utf-8", "replace")
            except (AnsibleError, OSError) as error:
                found.append(Problem(app.name, f"tls.{name}", f"{path} cannot be read: {_reason(error)}"))
        if found:
            return found
        pair = Pair(**texts)
        now = datetime.now(timezone.utc)
        row["pair"] = texts
        found = [Problem(app.name, f"tls.{key}", text) for key, text in _certificates.problems(pair, app.domains, now)]
        if not found and (end := _certificates.period(pair)[1]) < now + timedelta(days=_certificates.SOON_DAYS):
            Display().warning(f"{app.name}: tls.certificate ends on {end:%Y-%m-%d}; give a new one")
        return found

    def _read_source(self, app: App, base: Path, row: dict[str, Any], services: dict[str, Service]) -> list[Problem]:
        """What can be known of an app's code before its host is asked."""
        row["system_packages"] = _packages(app)
        if app.source.kind == "git" or app.source.location.startswith(("http://", "https://")):
            return []
        try:
            platform = PLATFORMS[app.platform]
            local = open_source(
                app.source, base, platform.ignore, platform.excluded, platform.ignore_lines, platform.leaves
            )
            wanted = (app.approot, app.requirements, app.constraints, app.entrypoint)
            facts = local_facts(local, *wanted, reads=platform.reads)
            known = platform.understand(app, facts)
            whole = completed(app, known)
        except Problems as error:
            return [Problem(app.name, one.key, one.message) for one in error.problems]
        except PyhostError as error:
            return [Problem(app.name, "", str(error))]
        row["facts"] = facts.to_dict()
        row["system_packages"] += known.system_packages
        row["app"] = whole.to_dict()
        row["declared"] = row["declared"] or known.python
        row["local"] = {
            "digest": local.digest,
            "kind": local.kind,
            "path": local.root_or_file,
            "names": list(local.names),
        }
        return type_problems(whole, known.services, services)


def _packages(app: App) -> list[str]:
    """Debian packages that an app needs whatever its code says."""
    server = SERVERS[app.server].system_packages if app.server else ()
    return [*PLATFORMS[app.platform].system_packages, *server]


def _networked(apps: tuple[App, ...], entries: Any) -> tuple[App, ...]:
    """The network of apps whose entry names none is that of their platform, where they can be reached in it."""
    given = {one["name"] for one in entries if "network" in one}
    free = {app.name for app in apps if app.name not in given and app.domains and not app.listen}
    return tuple(replace(app, network=PLATFORMS[app.platform].network) if app.name in free else app for app in apps)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error).splitlines()[0]
