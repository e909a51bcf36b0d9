#!/usr/bin/env python
import cgitb
cgitb.enable()

print "Content-Type: text/plain;charset=utf-8"
print

raise ValueError("on purpose")
