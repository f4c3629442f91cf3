"""What cpsrvd answers a browser at one of its ports: logins, first pages, and who may open what."""

from __future__ import annotations

import mimetypes
import re
import secrets
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from tests.cpanel.double.commands.machine import CPANEL
from tests.cpanel.double.session import SESSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from tests.cpanel.double.cpsrvd import Cpsrvd
    from tests.cpanel.double.session import Service, Session

COOKIES: dict[Service, str] = {"whostmgr": "whostmgrsession", "cpanel": "cpsession"}
PORTS: dict[Service, str] = {"whostmgr": "2087", "cpanel": "2083"}
LIVE = ("live.pl", "livepl", "live.cgi", "live.php")

STYLE = """
body { margin: 0; font: 14px sans-serif; color: #333; background: #fff }
header { padding: .8rem 1rem; background: #08193e }
header a { color: #fff; font-weight: bold; text-decoration: none }
.jupiter header { background: #293a4a }
.panel { display: flex }
.panel nav { width: 11rem; padding: 1rem; background: #f0f2f5 }
.panel main { flex: 1; min-width: 0; padding: 0 1rem 1rem }
footer { padding: .8rem 1rem; color: #555; background: #f0f2f5 }
@media (max-width: 600px) { .panel { display: block } .panel nav { width: auto } }
"""

LOGIN = """<!doctype html><html lang="en"><title>Login</title><main><h1>Login</h1>
<form method="post"><label>User <input name="user"></label>
<label>Password <input name="pass" type="password"></label><button>Log in</button></form></main>
"""

HOME = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Home</title>
<link rel="stylesheet" href="/panel.css"></head><body class="{service}"><header>
<a href="">{service}</a></header><main><h1>Home</h1>{links}</main></body></html>
"""


class Door:
    """One service as a WSGI application."""

    def __init__(self, panel: Cpsrvd, service: Service) -> None:
        self._panel = panel
        self._service: Service = service
        self._sessions: dict[str, Session] = {}

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        return self._answer(Request(environ))(environ, start)

    def _answer(self, request: Request) -> Response:
        if request.path == "/panel.css":
            return Response(STYLE, mimetype="text/css")
        session = self._sessions.get(request.cookies.get(COOKIES[self._service], ""))
        found = re.fullmatch(r"(/cpsess[0-9]+)(/.*)", request.path)
        if session is None or not (self._panel.root / SESSIONS / session.name).exists():
            return self._log_in(request)
        if found is None or found[1] != session.token:
            return Response("Invalid Security Token", 401)
        if ".." in found[2]:
            return Response("Bad request", 400)
        if self._service == "whostmgr":
            return self._whm(request, session, found[2])
        return self._jupiter(request, session, found[2])

    def _log_in(self, request: Request) -> Response:
        if request.method != "POST":
            return Response(LOGIN, mimetype="text/html")
        form = request.form
        session = self._panel.log_in(form.get("user", ""), self._service, form.get("pass", ""))
        if session is None:
            return Response(LOGIN, 401, mimetype="text/html")
        value = quote(f"{session.name},{secrets.token_hex(16)}", safe="")
        self._sessions[value] = session
        first = "/" if self._service == "whostmgr" else "/frontend/jupiter/index.html"
        answer = redirect(session.token + first, 303)
        answer.set_cookie(COOKIES[self._service], value, httponly=True, samesite="Lax")
        return answer

    def _whm(self, request: Request, session: Session, path: str) -> Response:
        apps = self._panel.applications(session.user)
        if path == "/":
            links = [(f"{session.token}/cgi/{a['entryurl']}", a["displayname"]) for a in apps]
            return self._home(links)
        for app in apps:
            for place in (value for key, value in app.items() if re.fullmatch(r"url\d*", key)):
                if path == place or (place.endswith("/") and path.startswith(place)):
                    return self._open(request, session, f"{CPANEL}/whostmgr/docroot{path}", 0)
        return Response("Access denied", 403)

    def _jupiter(self, request: Request, session: Session, path: str) -> Response:
        if path == "/frontend/jupiter/index.html":
            here = f"{session.token}/frontend/jupiter"
            return self._home([(f"{here}/{t['url']}", t["itemdesc"]) for t in self._panel.tiles()])
        if not path.startswith("/frontend/jupiter/"):
            return Response("Access denied", 403)
        uid = self._panel.uid(session.user)
        assert uid
        return self._open(request, session, f"{CPANEL}/base{path}", uid)

    def _home(self, links: list[tuple[str, str]]) -> Response:
        items = "".join(f'<p><a href="{escape(a)}">{escape(n)}</a></p>' for a, n in links)
        return Response(HOME.format(service=self._service, links=items), mimetype="text/html")

    def _open(self, request: Request, session: Session, path: str, uid: int) -> Response:
        file = self._panel.root / path
        if not file.is_file():
            return Response("Not found", 404)
        if file.suffix not in (".cgi", ".pl"):
            kind = mimetypes.guess_type(file.name)[0] or "text/plain"
            return Response(file.read_bytes(), mimetype=kind)
        if not file.stat().st_mode & 0o100 or file.stat().st_uid:
            return Response("Internal Server Error", 500)
        return self._run(request, session, f"/{path}", uid)

    def _run(self, request: Request, session: Session, script: str, uid: int) -> Response:
        live = f"/tmp/live-{secrets.token_hex(8)}"
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "GATEWAY_INTERFACE": "CGI/1.1",
            "REQUEST_METHOD": request.method,
            "REQUEST_URI": str(request.environ["RAW_URI"]),
            "SCRIPT_NAME": request.path,
            "QUERY_STRING": request.environ["QUERY_STRING"],
            "REMOTE_ADDR": request.remote_addr or "",
            "REMOTE_USER": session.user,
            "USER": session.user if uid else "root",
            "SERVER_PORT": PORTS[self._service],
            "cp_security_token": session.token,
            "CPANEL_LIVE": live,
        }
        for name in ("CONTENT_LENGTH", "CONTENT_TYPE"):
            if request.environ.get(name):
                environment[name] = request.environ[name]
        environment |= {k: v for k, v in request.environ.items() if k.startswith("HTTP_")}
        printed = self._panel.run(script, uid, environment, request.get_data())
        return self._spoken(printed, script, live)

    def _spoken(self, printed: bytes, script: str, live: str) -> Response:
        """The answer of a script (RFC 3875, section 6)."""
        mark = self._panel.root / live.lstrip("/")
        if script.endswith(LIVE) and not mark.exists():
            printed += b"Child failed to make LIVEAPI connection to cPanel"
        mark.unlink(missing_ok=True)
        head, found, body = printed.partition(b"\r\n\r\n")
        if not found:
            return Response("Internal Server Error", 500)
        answer = Response(body, 200)
        answer.headers.clear()
        for line in head.decode("latin-1").split("\r\n"):
            name, _, value = line.partition(":")
            if name.lower() == "status":
                answer.status = value.strip()
            elif name.lower() != "x-no-ssi":
                answer.headers.add(name, value.strip())
        return answer
