#!/bin/sh
# Installs what a fresh clone lacks, so that `npm start` and `npm test` are the only commands a newcomer needs.
# Runs under whatever Node the machine has; everything after it runs under the pinned one in node_modules/.bin.
set -eu
cd "$(dirname "$0")/.."

# A copy of the lock file that node_modules was made from, or the word below while npm is at work.
stamp=node_modules/.installed-package-lock.json
unfinished="installation not finished"

is_installed() {
  if [ -f "$stamp" ]; then
    cmp -s package-lock.json "$stamp"
    return
  fi
  # Installed by hand: npm writes its own record at the end, newer than the lock file it followed.
  [ -f node_modules/.package-lock.json ] && [ node_modules/.package-lock.json -nt package-lock.json ]
}

begin() {
  # A run that was cut off may leave packages half written, which npm would take for whole ones.
  if [ ! -f "$stamp" ] || grep -qx "$unfinished" "$stamp"; then
    rm -rf node_modules
    mkdir node_modules
  else
    cp "$stamp" "$stamp.before"
  fi
  echo "$unfinished" >"$stamp"
}

install() {
  if [ -L node_modules ]; then
    echo "node_modules is a link and does not match package-lock.json: install where it leads." >&2
    exit 1
  fi
  echo "Installing dependencies (first start, or package-lock.json changed) ..." >&2
  begin
  # Not `npm ci`: it refuses the lock file wherever a registry lacks a binary for some other platform. --no-save
  # keeps to the locked versions and integrity just the same and leaves the lock file alone. And everything is
  # included, whatever NODE_ENV says: the pinned Node is optional for npm, and the tests are for everybody.
  # One short retry for each request: npm asks for some forty packages in turn, and without a network the answer
  # should come within a minute. What was fetched stays in the cache, so the next run goes on where this one ended.
  set -- --no-save --include=dev --include=optional --prefer-offline --no-audit --no-fund --loglevel=error
  if npm install "$@" --fetch-retries=1 --fetch-retry-mintimeout=500 --fetch-retry-maxtimeout=500 >&2; then
    cp package-lock.json "$stamp"
    rm -f "$stamp.before"
    return
  fi
  # npm has put back what was there before.
  if [ -f "$stamp.before" ]; then mv "$stamp.before" "$stamp"; fi
  echo "The dependencies could not be installed (npm says why above). This needs the npm registry or a filled" >&2
  echo "npm cache. Nothing was started; run the same command again when it can be reached." >&2
  exit 1
}

if ! is_installed; then
  # Two commands at once (npm start here, npm test there) must not empty node_modules under each other.
  if command -v flock >/dev/null 2>&1; then
    mkdir -p .tmp
    exec 9>.tmp/install.lock
    flock 9
  fi
  is_installed || install
fi

PATH="$PWD/node_modules/.bin:$PATH"
sound='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 19) ? 0 : 1)'
if ! node -e "$sound"; then
  echo "Countersign needs Node.js 22.19 or newer and found $(node -v). The pinned one comes from npm for Linux on" >&2
  echo "x64 and arm64 (glibc 2.28 or newer); on other systems install Node.js yourself. If this is one of those," >&2
  echo "remove node_modules and run the same command again." >&2
  exit 1
fi
