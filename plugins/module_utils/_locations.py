# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declared locations: check them, compile them, write them for nginx. Pure. PRIVATE to the collection.

nginx's ``alias`` replaces the text of the location by the text of the alias and looks no further: with
``location /static`` and alias ``…/static/`` a request for ``/static../wsgi.py`` reads the code. So both
end with "/" or neither does (the rule of rosti's documentation), a location without "/" is an exact one,
and only plain letters are let through to the text.

While two versions of an app run, a page of one may ask for a file that only the other has. So a location
in the release answers with the file of the release before, where the new one has none and the rollout
leads to that one (``current/before``). It is the same location: the same rules hold for both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import Location
from ansible_collections.pyhost.platform.plugins.module_utils._wording import shown

ACME = "/.well-known/acme-challenge/"
"""Where certificate authorities ask (RFC 8555 section 8.3); the front answers there."""

INTERNAL = "/.pyhost/"
"""Where nginx keeps the pages of errors; a client that asks there gets 404."""

OWN = ("app", "data", "static")
"""The directories of a cell that an alias may name, as ``/srv/NAME/``."""

_PLAIN = re.compile(r"[A-Za-z0-9._+@~=,/-]")
_MODIFIER = re.compile(r"(=|\^~|~\*?|@)\s*")
_EXPIRES = re.compile(r"[0-9]+[smhdwMy]|max|off")


@dataclass(frozen=True)
class NginxLocation:
    """One compiled location: ``alias`` is absolute and below ``root``, a directory of the cell.

    ``exact``: only a request for just this path matches; else every request that begins with it.
    ``before`` is what stands for ``root`` where a file is missing, "" for nothing.
    """

    location: str
    alias: str
    root: str
    expires: str = ""
    exact: bool = False
    before: str = ""


def check(app_name: str, locations: Sequence[Location | None], approot: str) -> list[Problem]:
    """Every problem of an app's locations; None stands for an entry that was refused before."""
    problems = []
    for place, one in enumerate(locations):
        if one is not None:
            for key, message in _entry(one, approot):
                problems.append(Problem(app_name, f"locations[{place}].{key}", message))
            problems.extend(_shadowed(app_name, locations, place))
    return problems


def _entry(one: Location, approot: str) -> Iterator[tuple[str, str]]:
    location, alias = _location(one.location), _alias(one.alias, approot)
    if location:
        yield "location", location
    if alias:
        yield "alias", alias
    if not location and not alias and one.location.endswith("/") != one.alias.endswith("/"):
        yield "alias", _ends(one)
    if one.expires and not _EXPIRES.fullmatch(one.expires):
        yield "expires", f'{shown(one.expires)} is no time of nginx; write for example "30d", "12h", "max" or "off"'


def _ends(one: Location) -> str:
    location, alias = one.location.rstrip("/"), one.alias.rstrip("/")
    which = ("does not end", "does") if one.location.endswith("/") else ("ends", "does not")
    return (
        f'{shown(one.alias)} {which[0]} with "/" and location {shown(one.location)} {which[1]}; '
        f'write location "{location}/" and alias "{alias}/" for a directory, '
        f'or location "{location}" and alias "{alias}" for one file'
    )


def _text(value: str) -> str:
    """What is wrong with a location or an alias as text."""
    wrong = next((sign for sign in value if not _PLAIN.fullmatch(sign)), "")
    if wrong:
        return f"{shown(value)} contains {shown(wrong)}; only letters, digits and . _ + @ ~ = , / - are allowed"
    if "//" in value:
        return f'{shown(value)} contains "//"; write one "/"'
    for part in (".", ".."):
        if part in value.split("/"):
            return f'{shown(value)} contains the part "{part}"; write the path without it'
    return ""


def _location(value: str) -> str:
    modifier = _MODIFIER.match(value)
    if modifier:
        return (
            f'{shown(value)} begins with nginx\'s "{modifier.group(1)}"; write only the path: '
            'with "/" at its end for all below it, without for one file'
        )
    if not value.startswith("/"):
        return f'{shown(value)} does not begin with "/"; write "/" before it'
    if value == "/":
        return '"/" is where the app itself answers; write the path of the files, for example "/static/"'
    if ACME.startswith(value) or value.startswith(ACME):
        return f'{shown(value)} is reserved for certificates ("{ACME}"); write another path'
    if value.startswith(INTERNAL):
        return f'{shown(value)} is reserved for the pages of errors ("{INTERNAL}"); write another path'
    return _text(value)


def _alias(value: str, approot: str) -> str:
    base, rest = _split(value)
    if value.strip("/") in ("", ".") or value in ("/srv", "/srv/"):
        return _whole(value)
    if not base:
        return (
            f"{shown(value)} is outside the app's tree; write a path relative to approot, "
            "or one below /srv/app/, /srv/data/ or /srv/static/"
        )
    text = _text(value)
    if text:
        return text
    if any(part.startswith(".") for part in rest.split("/")):
        return f'{shown(value)} has a part that begins with "."; hidden files are not published'
    return _published(value, base, rest, approot)


def _whole(value: str) -> str:
    return f'{shown(value)} would publish the code; write a directory of public files, for example "static/"'


def _published(value: str, base: str, rest: str, approot: str) -> str:
    """What is wrong with an alias that names a directory of the cell itself, or approot or one above it."""
    if value.startswith("/srv/") and base == "app" and f"{approot}/".startswith(f"{rest.rstrip('/')}/"):
        return _whole(value)
    if rest:
        return ""
    if base == "static":
        return "" if value.endswith("/") else f'{shown(value)} is a directory; write "/srv/static/"'
    if base == "data":
        return f'{shown(value)} would publish all data; write a directory below it, for example "/srv/data/media/"'
    return _whole(value)


def _split(value: str) -> tuple[str, str]:
    """The directory of the cell in which an alias is, and the rest; ("", value) where it is in none."""
    if not value.startswith(("/", "~")):
        return "app", value
    for name in OWN:
        if value == f"/srv/{name}" or value.startswith(f"/srv/{name}/"):
            return name, value[len(f"/srv/{name}/") :]
    return "", value


def _shadowed(app_name: str, locations: Sequence[Location | None], place: int) -> Iterator[Problem]:
    one = locations[place]
    for before, other in enumerate(locations[:place]):
        if one and other and one.location.rstrip("/") == other.location.rstrip("/"):
            same = one.location == other.location
            says = "is also the location of" if same else f"shadows {shown(other.location)} of"
            message = f"{shown(one.location)} {says} locations[{before}]; remove one of the two"
            yield Problem(app_name, f"locations[{place}].location", message)
            return


def compile_locations(
    locations: Sequence[Location], approot: str, cell: Mapping[str, str]
) -> tuple[NginxLocation, ...]:
    """The locations with absolute aliases; ``cell`` maps app, data and static to directories as nginx sees them.

    It maps before, too: to the release before, which need not be there.

    Raises Problems where ``check`` finds any, PyhostError for a directory that nginx cannot be told.
    """
    problems = check("", locations, approot)
    if problems:
        raise Problems(problems)
    for name in (*OWN, "before"):
        if not re.fullmatch(r"/[^\x00-\x1f\x7f$]*", cell[name]):
            raise PyhostError(f'{shown(cell[name])} cannot be told to nginx; choose an absolute path without "$"')
    return tuple(_compiled(one, approot, cell) for one in locations)


def _compiled(one: Location, approot: str, cell: Mapping[str, str]) -> NginxLocation:
    name, rest = _split(one.alias)
    root = cell[name].rstrip("/")
    below = f"{approot.strip('/')}/" if not one.alias.startswith("/") and approot not in (".", "") else ""
    before = cell["before"] if name == "app" else ""
    exact = not one.location.endswith("/")
    return NginxLocation(one.location, f"{root}/{below}{rest}", root, one.expires, exact, before)


def quoted(text: str) -> str:
    """``text`` as one word of nginx's; a "$" in it begins the name of a variable."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _block(one: NginxLocation) -> list[str]:
    lines = [f"location {'=' if one.exact else '^~'} {one.location} {{"]
    lines += _either_release(one) if one.before else _one_directory(one)
    if one.expires:
        lines.append(f"    expires {one.expires};")
    if not one.exact:
        lines.append(f'    location ~ "^{re.escape(one.location)}(?s:.*/)?\\." {{ return 404; }}')
    return [*lines, "}"]


def _one_directory(one: NginxLocation) -> list[str]:
    return [
        f"    alias {quoted(one.alias)};",
        f"    disable_symlinks if_not_owner from={quoted(one.root)};",
    ]


def _either_release(one: NginxLocation) -> list[str]:
    """``set`` runs before nginx looks for the file, so the alias is that of the release chosen here.

    What neither has is missing in the one in force, and so says the log.
    """
    alias = "${pyhost_release}" + one.alias[len(one.root) :]
    return [
        f"    set $pyhost_release {quoted(one.root)};",
        f"    alias {quoted(alias)};",
        f"    if (!-e $request_filename) {{ set $pyhost_release {quoted(one.before)}; }}",
        f"    if (!-e $request_filename) {{ set $pyhost_release {quoted(one.root)}; }}",
        "    disable_symlinks if_not_owner from=$pyhost_release;",
    ]


def render(locations: Sequence[NginxLocation]) -> str:
    """The text for nginx's server block.

    A symbolic link is followed only where its owner owns what it points to. Below a directory every
    part that begins with "." is answered with 404.
    """
    return "".join(line + "\n" for one in locations for line in _block(one))
