#!/bin/sh
# Makes .venv with everything the project needs, or says what is missing. `make` runs it when pyproject.toml changed.
set -eu
cd "$(dirname "$0")/.."

fits() {
    command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if fits "$name"; then
            echo "$name"
            return
        fi
    done
}

can_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1
}

apt_install() {
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

python=$(find_python)
if [ -z "$python" ] && [ -z "${PYTHON:-}" ] && can_install; then
    apt_install python3 python3-venv
    python=$(find_python)
fi
if [ -z "$python" ]; then
    echo "Python 3.11 or newer is needed and ${PYTHON:-python3} is not it. Install one" >&2
    echo "(apt-get install python3 python3-venv, or brew install python@3.13), or name it: make PYTHON=/path/to/python3" >&2
    exit 1
fi

if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if ! { can_install && apt_install "$package"; }; then
        echo "This Python cannot make virtual environments. Run: apt-get install $package" >&2
        exit 1
    fi
fi

echo "Installing into .venv with $("$python" --version); the first time takes a minute or two."
.venv/bin/python -c 'import pip' >/dev/null 2>&1 || "$python" -m venv --clear .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip<26.3' # the bound is chalice's
.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[cloud,serve,test]'
touch .venv/.installed
