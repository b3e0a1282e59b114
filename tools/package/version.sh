#!/bin/sh
# The version, as CMakeLists.txt has it.
sed -n 's/^project(csva VERSION \([0-9.]*\).*/\1/p' "$(dirname "$0")/../../CMakeLists.txt"
