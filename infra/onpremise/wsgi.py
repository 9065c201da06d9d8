"""The WSGI application of one machine: published site and functions from one origin."""

from __future__ import annotations

from app import app, house
from gateway import Gateway

application = Gateway(app, house=house)
