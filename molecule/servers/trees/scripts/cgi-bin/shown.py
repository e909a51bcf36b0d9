#!/usr/bin/env python
import cgitb

cgitb.enable()

raise ValueError("on purpose")
