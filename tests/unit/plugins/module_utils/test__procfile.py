# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._procfile import Procfile, parse, procfile
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", Procfile()),
        ("# nothing\n\n   \n", Procfile()),
        ("web: gunicorn shop.wsgi --bind 0.0.0.0:$PORT\n", Procfile("gunicorn shop.wsgi --bind 0.0.0.0:$PORT")),
        (
            "release: python manage.py migrate\r\nworker:celery -A shop worker\r\nmail_out :  python -m mail: x \r\n",
            Procfile(
                "", "python manage.py migrate", {"worker": "celery -A shop worker", "mail_out": "python -m mail: x"}
            ),
        ),
    ],
)
def test_lines(text, found):
    assert parse(text) == found


def test_every_broken_line_is_named():
    text = "worker: a\ncelery -A shop\nweb:\nWorker: b\nnginx: c\nworker: d\nbeat: \x07\nok: e\n"
    with pytest.raises(PyhostError) as caught:
        parse(text, "shop/Procfile")
    assert str(caught.value).splitlines() == [
        'shop/Procfile: line 2: "celery -A shop" is no process; '
        'write a name and a command, for example "worker: celery -A shop worker"',
        "shop/Procfile: line 3: web has no command; write one behind the colon, or remove the line",
        'shop/Procfile: line 4: "Worker" cannot name a process; '
        "write lower-case letters, digits, hyphens and underscores, 40 at most and a letter first",
        'shop/Procfile: line 5: "nginx" is a program or a file of the platform itself; choose another name',
        "shop/Procfile: line 6: worker is declared in line 1 already; remove one of the two",
        'shop/Procfile: line 7: "\\u0007" contains a control character or a line break; write it on one line',
    ]


def test_it_is_that_of_approot():
    facts = TreeFacts(texts={"Procfile": "a: b", "shop/Procfile": "c: d"})
    assert procfile(facts, "shop").processes == {"c": "d"}
    assert procfile(facts, ".").processes == {"a": "b"}
    assert procfile(facts, "other") == Procfile()


def test_one_that_cannot_be_read():
    with pytest.raises(PyhostError, match=r"^Procfile is not UTF-8 text$"):
        procfile(TreeFacts(unreadable={"Procfile": "is not UTF-8 text"}), ".")
