#!/bin/sh
# The keeper's commands with the server's own settings, as its own user: install as /usr/local/bin/keeper, mode 0755.
set -eu
current=${BANSHI_CURRENT:-/opt/banshi/current}
settings=${BANSHI_SETTINGS:-/etc/banshi/banshi.env}

if [ "$(id -u)" = 0 ] && [ "${1:-}" != new-key ] && id banshi >/dev/null 2>&1; then
    key='' before=''
    for word; do # a secret key is root's own: it is opened here and handed over as standard input
        shift
        if [ "$before" = --key ]; then key=$word; set -- "$@" -; else set -- "$@" "$word"; fi
        before=$word
    done
    [ -z "$key" ] || exec <"$key"
    exec setpriv --reuid banshi --regid banshi --init-groups "$0" "$@"
fi
set -a
. "$settings"
set +a
PYTHONPATH=$current/functions:$current exec "$current/.venv/bin/python" -m keeper "$@"
