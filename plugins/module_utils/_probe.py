# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program that imports an app's entry point, run by the app's own Python. PRIVATE to the collection.

It is text: any Python that an app runs on may read it, 2.7 too, and nothing of ours is importable beside the app.
"""

from __future__ import annotations

MARK = "PYHOST-PROBE="
"""Begins the line of JSON that the program ends with; whatever the app prints stands above it."""

PROBE = f"""\
import importlib, json, os, signal, sys, traceback, types

try:
    import faulthandler
except ImportError:  # Python 2.7
    faulthandler = None

LIKELY = ("application", "app", "asgi", "wsgi", "api", "server")
FACTORIES = ("create_app", "make_app", "get_app", "build_app", "app_factory", "create_application")
STRANGERS = ("builtins", "functools", "operator", "typing", "werkzeug.local")
OURS = ("<string>", "<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>",
        importlib.__file__.replace(".pyc", ".py"))
TEXT = 300
output = os.dup(1)


def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass


def answer(**found):
    # Ends this process and whatever the import started: the program has a process group of its own.
    flush()
    os.write(output, ("\\n{MARK}" + json.dumps(found) + "\\n").encode())
    os.killpg(0, signal.SIGKILL)


def watch(seconds):
    # Ends this process after so many seconds, and tells where it hangs.
    if faulthandler:
        faulthandler.dump_traceback_later(seconds, exit=True)
        return

    def end(number, frame):
        lines = ["Timeout (%s)!" % seconds, "Thread 0x0 (most recent call first):"]
        while frame:
            code = frame.f_code
            lines.append('  File "%s", line %d in %s' % (code.co_filename, frame.f_lineno, code.co_name))
            frame = frame.f_back
        os.write(2, "\\n".join(lines) + "\\n")
        os._exit(1)

    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def text_of(value):
    try:
        text = str(value)
    except UnicodeError:  # Python 2.7
        text = repr(value)
    return text.decode("utf-8", "replace") if str is bytes else text


def without_ours(frame):
    while frame and frame.tb_frame.f_code.co_filename in OURS:
        frame = frame.tb_next
    return frame


def named(error):
    kind = type(error)
    name = getattr(kind, "__qualname__", kind.__name__)
    if kind.__module__ not in ("builtins", "exceptions"):
        name = kind.__module__ + "." + name
    lines = text_of(error).splitlines()
    return (name + ": " + lines[0] if lines else name)[:TEXT]


def missing(error):
    # The module that is not there; Python 2.7 says it in words only.
    words = text_of(error).partition("No module named ")[2] if isinstance(error, ImportError) else None
    return getattr(error, "name", words)


def looks_right(name, value):
    kind = type(value)
    if name.startswith("_") or not callable(value) or issubclass(kind, (type, getattr(types, "ClassType", type))):
        return False
    if kind is types.FunctionType:
        own = value.__module__ == module
        return own and (name in LIKELY + FACTORIES or value.__code__.co_argcount in (2, 3))
    return kind.__module__ not in STRANGERS and "__call__" in dir(kind)


def likely(found):
    names = [name for name, value in vars(found).items() if looks_right(name, value)]
    names.sort(key=lambda name: (name not in LIKELY, name not in FACTORIES, name))
    return [name + "()" if name in FACTORIES else name for name in names[:5]]


server, module, name, seconds = sys.argv[1:]
sys.argv = [server]
if str is bytes and sys.path[:1] == [""]:  # Python 2.7 would call files by relative names.
    sys.path[0] = os.getcwd()
if sys.path[:1] not in ([""], [os.getcwd()]):
    sys.path.insert(0, os.getcwd())
watch(float(seconds))
try:
    found = importlib.import_module(module)
except BaseException as error:
    flush()
    traceback.print_exception(type(error), error, without_ours(sys.exc_info()[2]), file=sys.__stderr__)
    answer(error=named(error), module=missing(error))
part = found
for one in name.split("."):
    if not hasattr(part, one):
        answer(missing=one, names=likely(found))
    part = getattr(part, one)
if not callable(part):
    answer(kind=type(part).__name__, names=likely(found))
answer(settings=os.environ.get("DJANGO_SETTINGS_MODULE", ""))
"""
