#!/usr/bin/env python
raise RuntimeError("not to be shown")
