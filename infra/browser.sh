#!/bin/sh
# Sees to it that the tests have a Chromium and a Chinese font, or says what to install.
set -eu
cd "$(dirname "$0")/.."

has_browser() {
    [ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
        .venv/bin/python - <<'PYTHON'
import os, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    sys.exit(not os.path.exists(playwright.chromium.executable_path))
PYTHON
}

has_font() {
    [ "$(uname)" = Darwin ] || [ -n "$(fc-list :lang=zh-cn 2>/dev/null)" ]
}

if has_browser && has_font; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig || true
elif ! has_browser; then
    .venv/bin/playwright install chromium || true
fi
if ! has_browser; then
    echo "The tests need a Chromium. Run 'apt-get install chromium fonts-noto-cjk' as root," >&2
    echo "or '.venv/bin/playwright install chromium', or set CHROMIUM to the path of yours." >&2
    exit 1
fi
has_font || echo "No Chinese font found: pages will show boxes in screenshots (apt-get install fonts-noto-cjk)." >&2
