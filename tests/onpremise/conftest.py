"""The live processes of the crash tests, for tests of the server's own neighbourhood."""

from tests.crash.conftest import live as live
from tests.crash.conftest import published as published
