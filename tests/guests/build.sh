#!/usr/bin/env bash
# Builds the tiny guest in JavaScript and Python and packs the corpus. Needed only after a change of tests/guests or of wit/0.1:
# the corpus is committed. Needs Node 20 or later with npm, and Python 3.10 or later with venv.
set -euo pipefail
cd "$(dirname "$0")/../.."

# What the components are made with. A toolchain bump is a change of its own: run the host's tests on the new corpus.
jco=1.35.0
componentize_qjs=0.4.5
componentize_py=0.25.1

for tool in npm python3; do
    command -v "$tool" >/dev/null || { echo "$tool is not installed, so the guests cannot be built. Install it and run again." >&2; exit 1; }
done

tools=$PWD/target/guest-tools
built=$tools/build
if [ ! -x "$tools/js/node_modules/.bin/jco" ] || [ "$(cat "$tools/js/versions" 2>/dev/null)" != "$jco $componentize_qjs" ]; then
    mkdir -p "$tools/js"
    npm install --prefix "$tools/js" --no-save --no-package-lock --no-audit --no-fund --loglevel error \
        "@bytecodealliance/jco@$jco" "componentize-qjs@$componentize_qjs"
    echo "$jco $componentize_qjs" >"$tools/js/versions"
fi
if [ "$("$tools/python/bin/componentize-py" --version 2>/dev/null)" != "componentize-py $componentize_py" ]; then
    python3 -m venv "$tools/python"
    "$tools/python/bin/pip" install --quiet --disable-pip-version-check "componentize-py==$componentize_py"
fi

# jco reads only below its working directory.
rm -rf "$built"
mkdir -p "$built"
cp -r wit/0.1 "$built/wit"
cp tests/guests/js/notes.js tests/guests/python/notes.py "$built"
cd "$built"
"$tools/js/node_modules/.bin/jco" componentize notes.js --wit wit -n integration \
    --backend quickjs --backend-qjs-disable-async --backend-qjs-stub-wasi -o js.wasm
"$tools/python/bin/componentize-py" --quiet -d wit -w integration componentize --stub-wasi notes -o python.wasm
cd - >/dev/null

"${CARGO:-cargo}" run --quiet --package weft-bundled --example corpus -- "$built"
ls -l tests/guests/corpus
