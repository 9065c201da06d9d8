"""The WSGI application of one machine: published site and functions from one origin."""

from __future__ import annotations

import os

from app import app, house
from chalicelib import peers
from gateway import Gateway
from metrics import Access

house()  # now, not with the first request: a process that lacks a setting does not start, and says which
application = Gateway(
    app,
    house=house,
    proxies=peers.networks(os.environ.get("TRUSTED_PROXIES", "")),
    readers=Access(peers.networks(os.environ.get("METRICS_ALLOW", "")), os.environ.get("METRICS_TOKEN", "")),
)
