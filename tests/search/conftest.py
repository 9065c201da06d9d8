"""The index of the labelled corpus, made once."""

from __future__ import annotations

import pytest
from chalicelib.search.engine import Engine

from publishing.search import synonyms
from tests.search.labelled_corpus import REGIONS, ROOT, extracted, guides, published


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    """The index of the labelled corpus, with the site's own synonyms."""
    words = synonyms.load(ROOT / "content")
    return published(extracted(guides()), {"regions": REGIONS, "synonyms": words})


@pytest.fixture(scope="session")
def engine(files: dict[str, bytes]) -> Engine:
    """Search over the labelled corpus."""
    return Engine(files.get)
