#!/usr/bin/env python
print("Content-Type: text/plain;charset=utf-8")
print()

raise ValueError("on purpose")
