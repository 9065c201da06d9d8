"""QR codes (二维码) for paper: an SVG in a data address, which the page's security policy allows for images."""

from __future__ import annotations


def image(text: str) -> str:
    """The address of an image that holds `text`; readable with a fifteenth of it torn or stained."""
    import segno  # only receipts need it: 40 ms that no other cold start should pay

    return str(segno.make(text, error="m", micro=False).svg_data_uri(scale=3, border=4, light="#fff"))


def status_text(base_url: str, path: str, *, number: str, sha256: str) -> str:
    """What a receipt's code says: where to look the case up, its number, and what was handed in.

    Never the query code: a photograph of the paper must not open the case. The hash stands behind #, which
    browsers do not send.
    """
    return f"{base_url}{path}{number}#sha256={sha256}"
