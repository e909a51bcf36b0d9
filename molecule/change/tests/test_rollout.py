# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every change reaches the users without a failed request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from molecule.change.tests.conftest import DOMAIN, HOST, Shop
from tests.support.deploy import good
from tests.support.load import load
from tests.support.web import get

testinfra_hosts = [f"ansible://{HOST}"]


def _page() -> str:
    return get(HOST, DOMAIN).text


def _new_code(shop: Shop) -> dict[str, Any]:
    shop.version("v2")
    return {}


def _requirement(shop: Shop) -> dict[str, Any]:
    shop.write("requirements.txt", "itsdangerous==2.2.0\n")
    return {}


@pytest.mark.parametrize(
    ("change", "page", "reason"),
    [
        pytest.param(_new_code, "v2 python 3.13.5 short", "new code", id="code"),
        pytest.param(
            _requirement, "v1 python 3.13.5 short", "virtualenv changed", id="requirement", marks=pytest.mark.soak
        ),
        pytest.param(
            lambda shop: {"environment": {"MENU": "100% %(long)s"}},
            "v1 python 3.13.5 100% %(long)s",
            "environment changed",
            id="environment",
            marks=pytest.mark.soak,
        ),
        pytest.param(
            lambda shop: {"workers": 3},
            "v1 python 3.13.5 short",
            "environment changed",
            id="workers",
            marks=pytest.mark.soak,
        ),
        pytest.param(
            lambda shop: {"locations": [{"location": "/static/", "alias": "static/"}]},
            "v1 python 3.13.5 short",
            "rules changed",
            id="location",
            marks=pytest.mark.soak,
        ),
        pytest.param(
            lambda shop: {"server": "uwsgi"},
            "v1 python 3.13.5 short",
            "server gunicorn → uwsgi",
            id="server",
            marks=pytest.mark.soak,
        ),
        pytest.param(lambda shop: {"python": "3.11"}, "v1 python 3.11.2 short", "Python 3.13.5 → 3.11.2", id="python"),
    ],
)
def test_change_loses_no_request(
    steady: Callable[[], Shop], change: Callable[[Shop], dict[str, Any]], page: str, reason: str
) -> None:
    shop = steady()
    changes = change(shop)
    with load(HOST, DOMAIN) as seen:
        run = good(shop.deploy(**changes))
    assert seen.failed == {}
    assert sum(seen.answers.values()) > 100
    assert _page() == page
    assert reason in shop.row(run)["rollout"]
    again = good(shop.deploy(**changes))
    assert again.changed == {HOST: 0}


@pytest.mark.soak
def test_new_location_serves_its_files(steady: Callable[[], Shop]) -> None:
    shop = steady()
    good(shop.deploy(locations=[{"location": "/menu.txt", "alias": "static/menu.txt"}]))
    assert get(HOST, DOMAIN, "/menu.txt").text == "noodles\n"


@pytest.mark.soak
def test_request_in_flight_is_answered(steady: Callable[[], Shop]) -> None:
    """A request that takes longer than the rollout's switch is answered by the old version."""
    import threading

    shop = steady()
    slow = shop.source / "wsgi.py"
    slow.write_text(
        "import time\n"
        + slow.read_text().replace("    body =", "    time.sleep(4 * ('slow' in environ['PATH_INFO']))\n    body =")
    )
    good(shop.deploy())
    answers: list[tuple[int, str]] = []

    def ask() -> None:
        answer = get(HOST, DOMAIN, "/slow")
        answers.append((answer.status, answer.text))

    shop.version("v2")
    asking = [threading.Thread(target=ask) for _ in range(2)]
    with load(HOST, DOMAIN) as seen:
        for one in asking:
            one.start()
        run = good(shop.deploy())
        for one in asking:
            one.join()
    assert seen.failed == {}
    assert answers == [(200, "v1 python 3.13.5 short")] * 2
    assert _page() == "v2 python 3.13.5 short"
    assert "new code" in shop.row(run)["rollout"]
