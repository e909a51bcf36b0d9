import os
import time

with open("../logs/work.log", "a") as handle:
    handle.write("%s in %s\n" % (os.environ["VMC_APP_NAME"], os.getcwd()))
open("done", "w").close()
while True:
    time.sleep(1)
