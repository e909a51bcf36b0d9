# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._dotcloud_service import Service
from ansible_collections.pyhost.platform.plugins.plugin_utils._platforms._dotcloud_file import read

# The texts and places are those of the platform's own tests of its build file.
D17 = [
    ("", '"dotcloud.yml" is empty!'),
    ("# nothing\n", '"dotcloud.yml" is empty!'),
    ("\n{}\n", 'service(s) dict cannot be empty in "dotcloud.yml", line 2, column 1'),
    ("\nwww: {}\n", 'Missing mandatory entry: "type" in "dotcloud.yml", line 2, column 6'),
    ("\nwww\n", 'Expected a type dictionary but got a type string in "dotcloud.yml", line 2, column 1'),
    ("\n- www\n- lolita\n", 'Expected a type dictionary but got a type list in "dotcloud.yml", line 2, column 1'),
    (
        "\nwww:\n    type: lolita\n    instances: 1\n",
        'Unrecognized service "lolita" in "dotcloud.yml", line 3, column 11',
    ),
    (
        "\nwww:\n    type: python\n    process: string\n    processes:\n        a: 1\n        b: 2\n",
        'You can\'t have both "process" and "processes" at the same time in service "www"',
    ),
    (
        "\nworker:\n    type: custom\n    buildscript: builder\n    process: ~/myapp.py\n    ports:\n        www: prout\n",
        'Unrecognized port "prout" in "dotcloud.yml", line 7, column 14',
    ),
    (
        "\nwww:sdf:\n    type: python\n",
        'Invalid characters (lowercase alphanum only) for service "www:sdf" in "dotcloud.yml", line 3, column 5',
    ),
    (
        "\n123456789abceswseefsdfsdf:\n    type: python\n",
        'Invalid service name (must be <= 16 characters) "123456789abceswseefsdfsdf" in "dotcloud.yml", line 3, column 5',
    ),
    ("www: {type: [a]}", 'Expected a type string but got a type list in "dotcloud.yml", line 1, column 13'),
    ("www:\n", 'Expected a type dictionary but got a type string in "dotcloud.yml", line 1, column 5'),
]


@pytest.mark.parametrize(("text", "message"), D17)
def test_D17_the_platforms_own_messages(text, message):
    assert read(text) == ({}, [message])


def test_D17_every_problem_at_once():
    services, problems = read("www: {type: lolita}\napi: {type: python}\nBAD: {type: python}\ndb: {}\n")
    assert list(services) == ["api"]
    assert problems == [
        'Unrecognized service "lolita" in "dotcloud.yml", line 1, column 13',
        'Invalid characters (lowercase alphanum only) for service "BAD" in "dotcloud.yml", line 3, column 6',
        'Missing mandatory entry: "type" in "dotcloud.yml", line 4, column 5',
    ]


BROKEN = [
    ("www: [1\n", "expected ',' or ']', but got '<stream end>', line 2, column 1"),
    ("www:\n\ttype: python\n", "found character '\\t' that cannot start any token, line 2, column 1"),
    ("a: 1\n---\nb: 2\n", "but found another document, line 2, column 1"),
    ("www: \x07\n", "unacceptable character #x0007"),
    ("www: *nobody\n", "found undefined alias 'nobody', line 1, column 6"),
    ("[" * 5000, "it is nested too deeply"),
]


@pytest.mark.parametrize(("text", "why"), BROKEN)
def test_a_file_that_is_no_yaml(text, why):
    services, (problem,) = read(text)
    assert services == {}
    assert problem.startswith('"dotcloud.yml" cannot be read: ')
    assert why in problem


def test_what_a_service_may_say():
    text = """
www:
  type: python
  approot: ./directory/relative/
  prebuild: ./prebuild.sh
  postbuild: rm -f ~/.ssh/id_rsa
  postinstall: executable_name
  systempackages: [packagename, libxml2-dev]
  config:
    python_version: v2.7
    uwsgi_memory_report: true
    uwsgi_buffer_size: 8192
    uwsgi_harakiri: 75
    uwsgi_enable_threads: yes
    uwsgi_processes: "2"
    enable_newrelic: True
    something: else
  ports: {www: http, logs: tcp, peek: udp}
  environment:
    MODE: production
    DEBUG: false
    NUMBER: 007
    EMPTY:
  processes:
    first: path/to/executable1
    second_1: echo $PORT_LOGS
  requirements: [Django==1.4.3, Pil, "http://example.com/jsonschema-0.2a.tar.gz"]
  instances: 2
  customshit:
"""
    assert read(text) == (
        {
            "www": Service(
                "www",
                "python",
                approot="directory/relative",
                requirements=("Django==1.4.3", "Pil", "http://example.com/jsonschema-0.2a.tar.gz"),
                environment={"MODE": "production", "DEBUG": "false", "NUMBER": "007", "EMPTY": ""},
                prebuild="./prebuild.sh",
                postbuild="rm -f ~/.ssh/id_rsa",
                postinstall="executable_name",
                config={
                    "python_version": "2.7",
                    "uwsgi_memory_report": True,
                    "uwsgi_buffer_size": 8192,
                    "uwsgi_harakiri": 75,
                    "uwsgi_enable_threads": True,
                    "uwsgi_processes": 2,
                    "enable_newrelic": True,
                },
                processes={"first": "path/to/executable1", "second_1": "echo $PORT_LOGS"},
                ports={"www": "http", "logs": "tcp", "peek": "udp"},
                systempackages=("packagename", "libxml2-dev"),
            )
        },
        [],
    )


SMALL = [
    ("2: {type: python}", Service("2", "python")),
    ("w: {type: python-worker, process: ./run}", Service("w", "python-worker", processes={"w": "./run"})),
    ("w: {type: python, approot: 42}", Service("w", "python", approot="42")),
    ("w: {type: python, requirements: , environment: , config: {}}", Service("w", "python")),
    ("db: {type: postgresql}", Service("db", "postgresql")),
    ("w: {type: python, type: python-worker}", Service("w", "python-worker")),
    (
        "w: {<<: {type: python, approot: a}, approot: b}",
        Service("w", "python", approot="b"),
    ),
]


@pytest.mark.parametrize(("text", "service"), SMALL)
def test_small_files(text, service):
    assert read(text) == ({service.name: service}, [])


def test_services_that_share_by_an_anchor():
    services, problems = read("a: &a {type: python, approot: x}\nb: {<<: *a, approot: y}\n")
    assert problems == []
    assert {name: one.approot for name, one in services.items()} == {"a": "x", "b": "y"}


def test_merges_that_double_at_each_step_cost_nothing():
    chain = "\n".join(f"s{n}: &s{n} {{<<: [*s{n - 1}, *s{n - 1}]}}" for n in range(1, 60))
    services, problems = read(f"s0: &s0 {{type: python}}\n{chain}\n")
    assert problems == []
    assert len(services) == 60


WRONG = [
    ("config: {python_version: v9}", 'Unrecognized python_version "v9"; write for example v2.7 or v3.11'),
    ("config: {python_version: python2.7}", 'Unrecognized python_version "python2.7"; write for example v2.7 or v3.11'),
    ("config: {uwsgi_processes: 0}", 'uwsgi_processes: "0" is no whole number from 1 to 512'),
    ("config: {uwsgi_processes: [4]}", "uwsgi_processes: this is no whole number from 1 to 512"),
    ("config: {uwsgi_enable_threads: maybe}", 'uwsgi_enable_threads: "maybe" is neither true nor false'),
    ("config: [a]", "Expected a type dictionary but got a type list"),
    (
        "environment: {DOTCLOUD_X: y}",
        '"DOTCLOUD_X" cannot be set: names that begin with DOTCLOUD_ are those of the platform',
    ),
    ("environment: {a-b: y}", '"a-b" cannot name a variable (letters, digits and _ only)'),
    ("environment: {A: [y]}", "Expected a type string but got a type list"),
    (
        "requirements: [-r other.txt]",
        '"-r other.txt" is no requirement; options and paths belong into requirements.txt',
    ),
    ("requirements: flask", "Expected a type list but got a type string"),
    ("systempackages: [-y]", '"-y" is no name of a Debian package'),
    ("systempackages: [vim; reboot]", '"vim; reboot" is no name of a Debian package'),
    ("approot: ../x", 'approot: "../x" leaves the source with ".."; write a path below it'),
    ("approot: /etc", 'approot: "/etc" is not below the source; write a path relative to it'),
    ("processes: {a b: c}", '"a b" cannot name a process'),
    ('prebuild: "a\\nb"', '"a\\nb" is more than one line'),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_wrong_values_have_a_place(text, message):
    services, (problem,) = read(f"www:\n  type: python\n  {text}\n")
    assert services == {}
    assert problem.startswith(f'{message} in "dotcloud.yml", line 3, column ')


def test_values_of_the_environment_are_not_shown():
    _services, problems = read('www: {type: python, environment: {KEY: "s3cret\\0"}}')
    assert len(problems) == 1
    assert "s3cret" not in problems[0]
