# shellcheck shell=bash
# What every script of this folder shares; source it, don't run it.
# It makes the temporary folder $work, which goes when the script ends, and defines the functions below.

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# needs COMMAND...: ends with a plain message where one is missing.
needs() {
  local command
  for command in "$@"; do
    command -v "$command" > /dev/null || { echo "This finding needs '$command'." >&2; exit 2; }
  done
}

# pip_packages NAME==VERSION...: installs them into $work/python, whose interpreter `python` then is.
pip_packages() {
  needs python3
  echo "Packages: $*"
  python3 -m venv "$work/python"
  "$work/python/bin/pip" install --quiet --disable-pip-version-check "$@"
}

python() {
  "$work/python/bin/python" -W ignore "$@"
}

# npm_packages NAME@VERSION...: installs them into $work/node, without running their install scripts.
npm_packages() {
  needs node npm
  echo "Packages: $*"
  mkdir -p "$work/node"
  echo '{"type": "module"}' > "$work/node/package.json"
  (cd "$work/node" && npm install --silent --no-audit --no-fund --ignore-scripts "$@")
}

# javascript: runs the module on standard input in $work/node.
javascript() {
  cat > "$work/node/finding.mjs"
  (cd "$work/node" && node finding.mjs)
}

# cargo_packages NAME@VERSION...: makes the crate $work/rust, which depends on exactly these.
cargo_packages() {
  needs cargo
  echo "Packages: $*"
  mkdir -p "$work/rust/src"
  {
    printf '[package]\nname = "finding"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n'
    local package
    for package in "$@"; do
      printf '%s = { version = "=%s", default-features = false, features = ["%s"] }\n' \
        "${package%%@*}" "${package##*@}" "${CRATE_FEATURE:-std}"
    done
  } > "$work/rust/Cargo.toml"
}

# rust: compiles and runs the program on standard input in $work/rust.
rust() {
  cat > "$work/rust/src/main.rs"
  CARGO_TARGET_DIR="$work/target" nice -n 10 cargo run --quiet --manifest-path "$work/rust/Cargo.toml"
}

# chromium_path: prints where a Chromium is: $CHROMIUM, or one that the path knows.
chromium_path() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$name" ] && command -v "$name"; then return; fi
  done
  echo "This finding needs a Chromium; name it in CHROMIUM." >&2
  exit 2
}

# as_stated SEEN: prints what was seen; fails where it differs from the statement on standard input.
as_stated() {
  printf '%s\n' "$1" > "$work/seen"
  cat > "$work/stated"
  cat "$work/seen"
  if diff "$work/stated" "$work/seen" > "$work/difference"; then
    echo "Still as stated."
  else
    echo "No longer as stated ('<' was stated, '>' was seen):" >&2
    cat "$work/difference" >&2
    exit 1
  fi
}
