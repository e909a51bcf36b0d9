#!/usr/bin/env python
import cgi

form = cgi.FieldStorage()
print("Content-Type: text/plain")
print()
print("name=%s" % form.getfirst("name"))
