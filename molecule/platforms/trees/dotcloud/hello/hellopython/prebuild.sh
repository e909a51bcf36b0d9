#!/bin/sh
set -e
echo "prebuild $(pwd -P) $MODE" >> order
