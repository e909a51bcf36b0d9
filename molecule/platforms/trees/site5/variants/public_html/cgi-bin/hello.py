#!/usr/bin/env python
import os

print("Content-Type: text/plain;charset=utf-8")
print()
print("Hello World!", os.getpid(), os.environ.get("HTTP_PROXY"), os.environ.get("GREETING"))
