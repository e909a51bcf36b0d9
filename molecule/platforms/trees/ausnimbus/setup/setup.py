from setuptools import setup

setup(name="testapp", version="0.1", install_requires=["gunicorn"], py_modules=["testapp"])
