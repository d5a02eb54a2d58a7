#!/usr/bin/env bash
# Fetch the vendored front-end files again and write static/vendor/manifest.json. For maintainers: needs npm and Python 3.
# A version is changed here and nowhere else; the files are copied as published, source maps stay out.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: > "$work/list"

# take PACKAGE VERSION LICENCE TARGET FILE...: copy files of one published package into a folder under static/.
take() {
  local package=$1 version=$2 licence=$3 target=$4
  shift 4
  (cd "$work" && npm pack --silent "$package@$version" >name && rm -rf package && tar -xzf "$(cat name)")
  mkdir -p "static/$target"
  for file in "$@"; do
    local copy
    copy="static/$target/$(basename "$file")"
    sed '/^\(\/\/# sourceMappingURL=.*\|\/\*# sourceMappingURL=.*\*\/\)$/d' "$work/package/$file" >"$copy" 2>/dev/null
    case $file in *.woff | *.woff2) cp "$work/package/$file" "$copy" ;; esac
    printf '%s\t%s\t%s\t%s\n' "$package" "$version" "$licence" "${copy#static/}" >>"$work/list"
  done
}

take bootstrap 5.3.9 MIT vendor/bootstrap dist/css/bootstrap.min.css LICENSE
take @ibm/plex-sans 1.1.0 OFL-1.1 fonts LICENSE.txt \
  fonts/complete/woff/IBMPlexSans-{Regular,Medium,SemiBold,Bold}.woff

python3 - "$work/list" <<'PY'
import hashlib, json, pathlib, sys

packages = {}
for line in pathlib.Path(sys.argv[1]).read_text().splitlines():
    name, version, licence, path = line.split("\t")
    entry = packages.setdefault(name, {"name": name, "version": version, "licence": licence, "files": {}})
    entry["files"][path] = hashlib.sha256((pathlib.Path("static") / path).read_bytes()).hexdigest()
pathlib.Path("static/vendor/manifest.json").write_text(json.dumps(list(packages.values()), indent=2) + "\n")
PY
