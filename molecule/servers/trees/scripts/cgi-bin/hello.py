#!/usr/bin/env python
import os
import sys

print("Content-Type: text/plain;charset=utf-8")
print("X-Process: %d" % os.getpid())
print("X-Python: " + sys.executable)
print()

print("Hello World!")
