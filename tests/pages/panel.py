"""A control panel that a test looks through: sessions of its own, and a bridge to Mailward's pages.

It does what facts are known of the six panels (a path prefix, a frame of unknown height, the route
in a query parameter, the body printed within the panel's page), and what a careful bridge has to:
it signs who is looking, passes on only headers and cookies that are Mailward's business, and takes
nothing about the visitor from the browser. It is no copy of any one panel.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from contextlib import closing
from dataclasses import dataclass
from html import escape
from http.client import HTTPConnection, HTTPResponse
from socket import AF_UNIX, socket
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from core.web.bridge import Claim, sign

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from core.panel import Role

COOKIE = "PANELSESSID"
PASSWORD = "a panel's password"

PASSED_ON = (
    "Accept",
    "Accept-Language",
    "Content-Type",
    "If-Modified-Since",
    "If-None-Match",
    "Range",
    "Referer",
    "User-Agent",
    "X-CSRF-Token",
    "X-Requested-With",
)
"""What a browser may tell Mailward through the bridge."""

OWN = frozenset({"connection", "content-length", "date", "keep-alive", "server"}) | {
    "transfer-encoding"
}
"""What the panel's own server says of an answer."""


@dataclass(frozen=True)
class Mount:
    """A place at which the panel shows Mailward.

    prefix: the address path; layout: what the bridge asks the pages to look like; parameter: the
    query parameter with the route, "" where the path goes on; strips: whether the bridge cuts the
    prefix off before it sends the request on. Bridges do either.
    """

    prefix: str
    layout: Literal["page", "frame", "body"]
    parameter: str = ""
    strips: bool = False

    def address(self, route: str) -> str:
        """Where the panel shows a route (path, and query if it has one)."""
        if not self.parameter:
            return self.prefix + route
        path, _, query = route.partition("?")
        return f"{self.prefix}?{self.parameter}={quote(path)}" + (f"&{query}" if query else "")


MOUNTS = {
    "prefix": Mount("/smb/mailward", "page"),
    "frame": Mount("/modules/mailward/index.php/ui", "frame", strips=True),
    "query": Mount("/plugin/index.raw", "page", "route"),
    "body": Mount("/plugin/index.html", "body", "route"),
}

FRAMED = "/framed"
"""The panel's own page around the frame; the route to begin with is its parameter `at`."""

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Panel</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/panel.css"><script src="/panel.js" defer></script></head>
<body><header id="panel-head">Panel</header><main id="panel-main">{}</main></body></html>"""

LOGIN = """<form method="post"><h1>Panel</h1>
<label>User <input name="login"></label>
<label>Password <input name="password" type="password"></label><button>Log in</button></form>"""

FRAME = '<iframe name="mailward" title="Mailward" src="{}"></iframe>'

FILES = {
    "/panel.css": """
        body { margin: 0; font: 13px Georgia, serif; color: #333; background: #eee; }
        h1 { font-size: 40px; color: purple; } a { color: #c00; } button { background: orange; }
        #panel-head { padding: 8px; background: #246; color: #fff; }
        iframe { display: block; width: 100%; height: 150px; border: 0; }
    """,
    "/panel.js": """
        window.addEventListener("message", (event) => {
          const frame = document.querySelector("iframe");
          if (!frame || event.origin !== location.origin) return;
          if (event.source !== frame.contentWindow || event.data.mailward !== "height") return;
          frame.style.height = event.data.height + "px";
        });
    """,
}
"""The panel has a taste of its own: what is printed within its page must not fall for it."""


class StandInPanel:
    """The panel as a WSGI application.

    Args:
        pages: the unix socket on which Mailward's pages are served.
        secret: shared with them.
        people: login -> role; everybody's password is PASSWORD.
        language: of everybody, as the panel knows it; "" if it does not.
    """

    def __init__(
        self, pages: Path, secret: str, people: Mapping[str, Role], language: str = ""
    ) -> None:
        """Nobody is logged in."""
        self._pages = pages
        self._secret = secret
        self._people = people
        self._language = language
        self._sessions: dict[str, str] = {}

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        return self._answer(Request(environ))(environ, start)

    def _answer(self, request: Request) -> Response:
        if request.path in FILES:
            kind = "text/css" if request.path.endswith(".css") else "text/javascript"
            return Response(FILES[request.path], mimetype=kind)
        if request.path == "/login":
            return self._log_in(request)
        login = self._sessions.get(request.cookies.get(COOKIE, ""))
        if login is None:
            return redirect(f"/login?next={quote(request.full_path, safe='')}")
        if request.path == FRAMED:
            inside = MOUNTS["frame"].address(request.args.get("at", "/"))
            return _printed(FRAME.format(escape(inside)))
        for mount in MOUNTS.values():
            if request.path == mount.prefix or request.path.startswith(f"{mount.prefix}/"):
                return self._show(request, mount, login)
        return Response("no such page of the panel", 404)

    def _log_in(self, request: Request) -> Response:
        login = request.form.get("login", "")
        if login not in self._people or request.form.get("password") != PASSWORD:
            return _printed(LOGIN)
        session = secrets.token_hex(16)
        self._sessions[session] = login
        answer = redirect(request.args.get("next", FRAMED), 303)
        answer.set_cookie(COOKIE, session, httponly=True, samesite="Lax")
        return answer

    def _show(self, request: Request, mount: Mount, login: str) -> Response:
        answer = self._relay(request, mount, login)
        if mount.layout == "body" and answer.mimetype == "text/html" and not answer.location:
            return _printed(answer.get_data(as_text=True), answer.status_code)
        return answer

    def _relay(self, request: Request, mount: Mount, login: str) -> Response:
        target = str(request.environ["RAW_URI"])
        if ".." in request.path or "//" in request.path:
            return Response("no such address", 400)
        if mount.strips:
            target = target.removeprefix(mount.prefix) or "/"
        claim = Claim(
            role=self._people[login],
            login=login,
            session=hashlib.sha256(request.cookies[COOKIE].encode()).hexdigest(),
            prefix=mount.prefix,
            layout=mount.layout,
            parameter=mount.parameter,
            language=self._language,
        )
        body = request.get_data()
        nonce = secrets.token_urlsafe(18)
        headers = _passed_on(request) | sign(
            self._secret, claim, request.method, target, body, int(time.time()), nonce
        )
        try:
            with closing(_SocketConnection(self._pages)) as connection:
                connection.request(request.method, target, body, headers)
                return _answered(connection.getresponse())
        except OSError as error:
            return Response(f"Mailward does not answer: {error.strerror}", 502)


class _SocketConnection(HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=30)
        self._path = path

    def connect(self) -> None:
        self.sock = socket(AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def _printed(body: str, status: int = 200) -> Response:
    """The panel's page with something in it."""
    return Response(PAGE.format(body), status, mimetype="text/html")


def _passed_on(request: Request) -> dict[str, str]:
    headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
    cookies = [f"{k}={v}" for k, v in request.cookies.items() if k.startswith("mailward")]
    if cookies:
        headers["Cookie"] = "; ".join(cookies)
    return headers


def _answered(answer: HTTPResponse) -> Response:
    """An answer as it came, but for what the panel's server says itself."""
    headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in OWN]
    return Response(answer.read(), answer.status, headers)
