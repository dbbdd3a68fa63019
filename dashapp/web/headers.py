"""The headers of every answer: content policy, framing, caching. Measured against Dash 4.4."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response, g, request

ONE_YEAR = 31_536_000
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), usb=()",
}
_STATIC = ("/_dash-component-suites/", "/assets/", "/vendor/", "/_favicon.ico")
"The icon of the tab too: a browser looks at it again with every change of the address."


def content_policy(script_hashes: Sequence[str]) -> str:
    """Scripts: ours and Dash's inline few by hash, no eval. Styles: the chart and grid libraries inject theirs."""
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(["script-src 'self'", *script_hashes]),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def install(server: Flask, script_hashes: Sequence[str], *, tls: bool) -> None:
    """Put the headers on every answer, errors and downloads included."""
    fixed = _ALWAYS | {"Content-Security-Policy": content_policy(script_hashes)}
    if tls:
        fixed["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"

    @server.after_request
    def add(response: Response) -> Response:
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        response.headers["X-Request-Id"] = g.get("request_id", "")
        response.headers["Cache-Control"] = _caching(response)
        return response


def _caching(response: Response) -> str:
    """Static files keep what they are named by; everything a reader sees is never stored."""
    if not request.path.startswith(_STATIC) or response.status_code >= 400:
        return "no-store"
    if request.path.startswith("/vendor/") or "m" in request.args or response.cache_control.max_age == ONE_YEAR:
        return f"public, max-age={ONE_YEAR}, immutable"
    return "public, max-age=3600"
