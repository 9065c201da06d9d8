#!/bin/sh
# Goes over to another release without losing a request, or stays where it is: upgrade.sh /opt/banshi/releases/NAME
#
# The release is unpacked beside the others with its own .venv (sh infra/venv.sh). It is rehearsed on the running
# settings and data first: one that cannot start is never switched to. Going back is the same command with the old one.
set -eu

release=$(readlink -f "$1")
current=${BANSHI_CURRENT:-/opt/banshi/current}
settings=${BANSHI_SETTINGS:-/etc/banshi/banshi.env}

set -a
. "$settings"
set +a

rehearse() {
    PYTHONPATH="$1/functions:$1:$1/infra/onpremise" "$1/.venv/bin/python" -c '
import wsgi
from chalicelib.store.port import CASES
here = wsgi.house()
here.store.find(CASES, "health", now=here.clock())
assert here.catalogue.index(), "the catalogue is empty: publish first"
'
}

if ! rehearse "$release"; then
    echo "$release cannot start with these settings; nothing was changed" >&2
    exit 1
fi

ln -sfn "$release" "$current.next"
mv -T "$current.next" "$current" # one rename: there is no moment without a release
${BANSHI_RELOAD:-systemctl reload banshi-web.service}
${BANSHI_RESTART:-systemctl restart banshi-jobs.service}
if [ -f "$release/functions/keeper/reindex.py" ]; then
    (cd "$release" && PYTHONPATH="$release/functions:$release" .venv/bin/python -m keeper reindex) ||
        echo "some cases may be missing from lists of the desk: repeat \"keeper reindex\"" >&2
fi
echo "now at $release; the workers go over to it one after the other within the next minute"
