#!/bin/sh
# Makes .venv as uv.lock says. Needs Python 3.11 or later; brings its own uv into var/tools when there is none.
set -eu
cd "$(dirname "$0")/.."
tools="${PARTAGEE_VAR:-var}/tools"

fresh() { # nothing changed since the last time
  [ -x .venv/bin/python ] && [ -f .venv/.synced ] && cmp -s uv.lock .venv/.synced && .venv/bin/python -c '' 2>/dev/null
}
fresh && exit 0

suits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'
python=
for name in ${PYTHON_PROGRAM:-} python3.13 python3.12 python3.11 python3; do
  if command -v "$name" >/dev/null 2>&1 && "$name" -c "$suits" 2>/dev/null; then
    python=$(command -v "$name")
    break
  fi
done
if [ -z "$python" ]; then
  echo "Python 3.11, 3.12 or 3.13 is needed and was not found. On Debian and Ubuntu: sudo apt-get install python3 python3-venv" >&2
  exit 1
fi

if command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1; then
  uv=uv
else
  uv="$tools/bin/uv"
  if [ ! -x "$uv" ]; then
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
      echo "$python lacks the module venv. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2
      exit 1
    fi
    echo "Installing uv into $tools …"
    rm -rf "$tools"
    "$python" -m venv "$tools"
    "$tools/bin/python" -m pip install --quiet --disable-pip-version-check 'uv>=0.9'
  fi
fi

echo "Installing the packages of uv.lock …"
if .venv/bin/python -c "$suits" 2>/dev/null; then # keep the version that is there
  python=.venv/bin/python
fi
for bundle in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt; do # trust whom the machine trusts
  [ ! -e "$bundle" ] || export UV_SYSTEM_CERTS=true UV_NATIVE_TLS=true
done
UV_PYTHON_DOWNLOADS=never "$uv" sync --frozen --quiet --python "$python"
cp uv.lock .venv/.synced
