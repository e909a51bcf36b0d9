# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible import context
from ansible.utils.display import Display


@pytest.fixture
def said(monkeypatch):
    texts = []
    monkeypatch.setattr(Display, "display", lambda self, text, *more, **named: texts.append(text))
    monkeypatch.setattr(context, "CLIARGS", {"forks": 5})
    return texts


class Host:
    """Answers with what was written since the last question, and is interrupted when nothing is left."""

    def __init__(self, *news, programs=("app", "nginx")):
        self.news = list(news)
        self.programs = list(programs)

    def __call__(self, job):
        if not self.news:
            raise KeyboardInterrupt
        texts = self.news.pop(0)
        answer = {"changed": False, "found": True, "apps": [], "texts": texts, "marks": {"app.log": [1, 2]}}
        if len(self.news) > 9 or job["marks"] is None:
            answer["programs"] = self.programs
        return answer


def test_lines_are_shown_as_they_come_until_it_is_interrupted(run, said):
    run.answers["logs"] = Host([["app.log", "1\n\x1b[31m2\n"]], [], [["app.log", "3\n"]])
    found = run.stage("logs", name="ramen")
    assert said == ["1\n2", "3"]
    assert found == {"changed": False, "found": True, "apps": [], "programs": ["app", "nginx"]}
    assert [job["marks"] for _name, job in run.jobs] == [None, *[{"app.log": [1, 2]}] * 3]
    assert [job["wait"] for _name, job in run.jobs] == [0, 10, 10, 10]


def test_without_following(run, said):
    run.answers["logs"] = Host([["app.log", "1\n"]])
    run.stage("logs", name="ramen", follow=False, lines=5, program="app")
    assert said == ["1"]
    job = {"name": "ramen", "scope": "system", "root": "~/pyhost", "program": "app", "lines": 5, "follow": False}
    assert run.jobs == [("logs", {**job, "wait": 0, "marks": None})]


def test_several_logs_and_hosts_are_told_apart(run, said):
    run.hosts = ["web1", "web2"]
    texts = [["app.log", "1\n2\n"], ["nginx.log", "\u202e3\n"]]
    answer = {
        "changed": False,
        "found": True,
        "texts": texts,
        "marks": {"app.log": [], "nginx.log": []},
        "programs": [],
    }
    run.answers["logs"] = answer
    run.stage("logs", name="ramen", follow=False)
    assert said == ["web1 app | 1\nweb1 app | 2\nweb1 nginx | 3"]


def test_an_app_that_is_not_there(run, said):
    run.answers["logs"] = {"changed": False, "found": False, "apps": ["soba", "udon"]}
    assert run.stage("logs", name="ramen") == {"changed": False, "found": False, "apps": ["soba", "udon"]}
    assert said == []


def test_a_program_that_is_not_there(run, said):
    run.answers["logs"] = Host([])
    found = run.stage("logs", name="ramen", program="ngnix")
    assert found["failed"] is True
    assert found["msg"] == 'ramen on web1 has no log of ngnix; did you mean "nginx"?'


def test_more_hosts_than_forks(run, said):
    run.hosts = [f"web{number}" for number in range(6)]
    found = run.stage("logs", name="ramen")
    assert found["msg"] == "6 hosts cannot be followed by 5 forks; add --forks 6, or --limit HOST"
    assert run.jobs == []


def test_values_as_a_command_line_gives_them(run, said):
    run.answers["logs"] = Host([["app.log", "1\n"]])
    run.stage("logs", name="ramen", follow="false", lines="5")
    assert run.jobs[0][1]["lines"] == 5
    assert len(run.jobs) == 1
    assert run.stage("logs", name="ramen", lines="many")["msg"] == 'lines: "many" is no number; write for example 100'


def test_no_name(run, said):
    assert run.stage("logs")["msg"] == "name: missing; name the app"
