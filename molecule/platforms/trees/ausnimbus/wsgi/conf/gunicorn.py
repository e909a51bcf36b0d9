timeout = 99
workers = 1
bind = "127.0.0.1:9999"

raw_env = ["FOO=of the configuration"]
