#!/bin/sh
# Sees that the machine has what no Python package brings: Pango for the PDFs, and with "browser" Chromium for the tests.
# Root on Debian or Ubuntu: installs what is missing. Anybody else: says what to type, and fails.
set -eu
cd "$(dirname "$0")/.."

missing=
.venv/bin/python - 2>/dev/null <<'END' || missing="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
from ctypes import CDLL
from ctypes.util import find_library

def load(*names):
    for name in names:
        try:
            return CDLL(find_library(name) or name)
        except OSError:
            continue
    raise SystemExit(1)

load("pango-1.0", "libpango-1.0.so.0", "libpango-1.0.dylib")
load("pangoft2-1.0", "libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib")
load("harfbuzz-subset", "libharfbuzz-subset.so.0", "libharfbuzz-subset.dylib")
END
if [ "${1:-}" = browser ] && ! command -v chromium >/dev/null 2>&1 && ! command -v chromium-browser >/dev/null 2>&1 \
  && ! command -v google-chrome >/dev/null 2>&1; then
  missing="$missing chromium"
fi
[ -n "$missing" ] || exit 0

command="apt-get install -y --no-install-recommends$(printf ' %s' $missing)"
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing the system libraries:$(printf ' %s' $missing) …"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null && $command -qq >/dev/null
  exit 0
fi
if command -v apt-get >/dev/null 2>&1; then
  echo "Missing on this machine:$(printf ' %s' $missing). Type: sudo apt-get update && sudo $command" >&2
elif command -v brew >/dev/null 2>&1; then
  echo "Missing on this machine:$(printf ' %s' $missing). Type: brew install pango && brew install --cask chromium" >&2
elif command -v dnf >/dev/null 2>&1; then
  echo "Missing on this machine:$(printf ' %s' $missing). Type: sudo dnf install pango harfbuzz chromium" >&2
else
  echo "Missing on this machine: Pango 1.44 or later with its FreeType part, HarfBuzz's subset library, or Chromium." >&2
fi
exit 1
