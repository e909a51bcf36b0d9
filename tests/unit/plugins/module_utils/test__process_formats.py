# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._process_formats import memory, process_name

LETTERS = (
    "cannot name a process; write lower-case letters, digits, hyphens and underscores, 40 at most and a letter first"
)
OURS = "is a program or a file of the platform itself; choose another name"
INSTANCE = "is like an instance of a process; choose another name, and write count for several"


@pytest.mark.parametrize("name", ["worker", "w-2", "app2", "mail_out", "mail_1_x", "w-00", "a" * 40])
def test_good_names(name):
    assert process_name(name) == ""


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        *((name, LETTERS) for name in ("", "Worker", "2w", "_w", "a.b", "a b", "a/b", "wörker", "a" * 41, "a\n")),
        *((name, OURS) for name in ("app", "app-next", "nginx", "cron", "supervisord", "journal", "access")),
        *((name, INSTANCE) for name in ("worker_00", "worker_1")),
        ("web", "is the app itself; write what serves it as command"),
    ],
)
def test_bad_names(name, problem):
    assert process_name(name).endswith(problem)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("16M", ""),
        ("256M", ""),
        ("1G", ""),
        ("16777216", ""),
        ("16777215", '"16777215" is less than any process needs; write "16M" or more'),
        ("1K", '"1K" is less than any process needs; write "16M" or more'),
        ("0", '"0" is less than any process needs; write "16M" or more'),
        ("50%", '"50%" is no amount; write bytes or a number with K, M, G or T, for example "512M"'),
    ],
)
def test_memory(value, problem):
    assert memory(value) == problem
