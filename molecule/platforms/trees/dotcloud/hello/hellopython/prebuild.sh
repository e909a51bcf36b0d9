#!/bin/sh
set -e
echo "prebuild $(pwd) $MODE" >> ~/volatile/order
