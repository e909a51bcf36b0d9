#!/usr/bin/env python
import cgitb

cgitb.enable()
raise RuntimeError("to be shown")
