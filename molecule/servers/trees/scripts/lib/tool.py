#!/bin/sh
printf "Content-Type: text/plain\n\nindex $SCRIPT_NAME\n"
