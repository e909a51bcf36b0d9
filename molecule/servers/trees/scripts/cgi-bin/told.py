#!/usr/bin/env python
import json
import os
import sys

body = sys.stdin.read()
print("Content-Type: application/json")
print()
print(json.dumps(dict(dict(os.environ), body=body, cwd=os.getcwd())))
