SECRET = "not for visitors"
