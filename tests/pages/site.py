"""A tiny site that a test fills with pages: what the browser's own tests look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-src 'self'"


class Site:
    """A WSGI application. pages: path -> HTML or JavaScript; whatever else is asked for is 404.

    Every page is sent with a policy as strict as Mailward's own, in English.
    """

    def __init__(self) -> None:
        """An empty site; `address` is set by who serves it."""
        self.address = ""
        self.pages: dict[str, str] = {"/favicon.ico": ""}
        self.asked: list[Request] = []

    def page(self, body: str, head: str = "", path: str = "/") -> str:
        """Put a page there. Returns its address."""
        self.pages[path] = (
            f'<!doctype html><html lang="en"><head><title>{path}</title>{head}</head>'
            f"<body><main><h1>A page</h1>{body}</main></body></html>"
        )
        return self.address + path

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        request = Request(environ)
        self.asked.append(request)
        text = self.pages.get(request.path)
        kind = "text/javascript" if request.path.endswith(".js") else "text/html"
        headers = {"Content-Security-Policy": POLICY}
        answer = Response(text or "", 404 if text is None else 200, headers, mimetype=kind)
        return answer(environ, start)
