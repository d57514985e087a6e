#!/bin/sh
# Installs what a fresh clone lacks, so that `npm start` and `npm test` are the only commands a newcomer needs.
# Runs under whatever Node the machine has; everything after it runs under the pinned one in node_modules/.bin.
set -eu
cd "$(dirname "$0")/.."

if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "Installing dependencies (first start or changed package-lock.json) ..." >&2
  npm ci --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
fi

PATH="$PWD/node_modules/.bin:$PATH"
if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 19) ? 0 : 1)'; then
  echo "Countersign needs Node.js 22.19 or newer; this machine has $(node -v)." >&2
  exit 1
fi
