# web2py runs this file with request, response and session in it.
# ruff: noqa: F821
# pylint: disable=undefined-variable


def index():
    response.headers["Content-Type"] = "text/plain"
    session.visits = (session.visits or 0) + 1
    return f"Hello from web2py {request.env.web2py_version}, visit {session.visits}"
