"""The WSGI application of one machine: published site and functions from one origin."""

from __future__ import annotations

import os

import client
from app import app, house
from gateway import Gateway
from metrics import Access

application = Gateway(
    app,
    house=house,
    proxies=client.networks(os.environ.get("TRUSTED_PROXIES", "")),
    readers=Access(client.networks(os.environ.get("METRICS_ALLOW", "")), os.environ.get("METRICS_TOKEN", "")),
)
