"""A small cpsrvd: WHM and cPanel at a port each, sessions, AppConfig, CGI scripts, Jupiter's pages.

It reads everything from the machine's own files, as the real one does: applications from
/var/cpanel/apps, privileges from /var/cpanel/resellers, tiles from dynamicui, accounts from
/etc/passwd and /var/cpanel/users, and it writes sessions to /var/cpanel/sessions/raw
(facts/cpanel.md 1 to 3 and 11).
"""

from __future__ import annotations

import contextlib
import mimetypes
import re
import secrets
import shutil
import subprocess
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import quote

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from tests.cpanel.double.cpwrapd import Cpwrapd
from tests.pages.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType
    from typing import Self

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    Service = Literal["whostmgr", "cpanel"]

HERE = Path(__file__).parent
CPANEL = "usr/local/cpanel"
JUPITER = f"{CPANEL}/base/frontend/jupiter"
SESSIONS = "var/cpanel/sessions/raw"
PASSWORD = "panel-password"
COOKIES: dict[Service, str] = {"whostmgr": "whostmgrsession", "cpanel": "cpsession"}
PORTS: dict[Service, str] = {"whostmgr": "2087", "cpanel": "2083"}
LIVE = ("live.pl", "livepl", "live.cgi", "live.php")
OWN_ACLS = frozenset({"all", "list-accts", "create-acct", "acct-summary"})

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


class Session(NamedTuple):
    """Somebody who has logged in. name: of its file; token: what is in every address."""

    name: str
    user: str
    token: str


class Cpsrvd:
    """`with Cpsrvd(root) as panel:` serves both.

    Attributes:
        whm, cpanel: addresses for a browser, without a slash at the end.
        cpwrapd: runs admin modules.
        errors: what scripts have printed to their error output.
    """

    def __init__(self, root: Path) -> None:
        """Lay the stand-ins for cPanel's Perl modules over the machine.

        Args:
            root: the machine's file system, with a Perl.
        """
        self.root = root
        self.whm = self.cpanel = ""
        self.errors: list[str] = []
        self.cpwrapd = Cpwrapd(root)
        self._stack = contextlib.ExitStack()
        shutil.copytree(HERE / "perl", root / CPANEL, dirs_exist_ok=True)
        perl = root / CPANEL / "3rdparty/bin/perl"
        perl.parent.mkdir(parents=True, exist_ok=True)
        if not perl.exists():
            perl.symlink_to("/usr/bin/perl")
        (root / SESSIONS).mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in ("", "/sessions"):
            (root / f"var/cpanel{folder}").chmod(0o711)
        (root / "tmp").chmod(0o1777)

    def __enter__(self) -> Self:
        """Serve."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.cpwrapd)
            self.whm = stack.enter_context(serving(_Door(self, "whostmgr")))
            self.cpanel = stack.enter_context(serving(_Door(self, "cpanel")))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Serve no more."""
        self._stack.close()

    def log_in(self, user: str, service: Service, password: str = PASSWORD) -> Session | None:
        """Open a session, with its file; None for whoever may not.

        Args:
            user: an account, a reseller, or root for WHM alone.
            service: where.
            password: everybody has the same.
        """
        if password != PASSWORD or not self._is_welcome(user, service):
            return None
        name = f"{user}:{secrets.token_hex(8)}"
        token = f"/cpsess{secrets.randbelow(10**10):010d}"
        file = self.root / SESSIONS / name
        file.write_text(
            f"user={user}\ncp_security_token={token}\nip_address=127.0.0.1\npass=x\n"
            f"origin_as_string=address=127.0.0.1,app={service},method=handle_form_login\n"
            "successful_internal_auth_with_timestamp=1700000000\ntfa_verified=0\n"
        )
        file.chmod(0o600)
        return Session(name, user, token)

    def log_out(self, session: Session) -> None:
        """End a session."""
        (self.root / SESSIONS / session.name).unlink()

    def acls(self, user: str) -> frozenset[str]:
        """What a user of WHM may."""
        if user == "root":
            return frozenset({"all"})
        for line in self._lines("var/cpanel/resellers"):
            name, _, acls = line.partition(":")
            if name == user:
                return frozenset(acls.split(",")) - {""}
        return frozenset()

    def applications(self, user: str) -> list[dict[str, str]]:
        """What AppConfig lets a user of WHM open; an unknown privilege hides an application."""
        held, found = self.acls(user), []
        for file in sorted((self.root / "var/cpanel/apps").glob("*.conf")):
            app = pairs(file.read_text("utf-8"))
            wanted = set(app.get("acls", "").split(",")) & self._known_acls()
            if app.get("service") == "whostmgr" and wanted and ("all" in held or wanted & held):
                found.append(app)
        return found

    def tiles(self) -> list[dict[str, str]]:
        """What stands on Jupiter's first page."""
        files = sorted((self.root / JUPITER / "dynamicui").glob("dynamicui_*.conf"))
        return [
            dict(part.split("=>", 1) for part in file.read_text("utf-8").strip().split(","))
            for file in files
            if file.stat().st_mode & 0o004
        ]

    def uid(self, user: str) -> int | None:
        """The number of an account's user."""
        for line in self._lines("etc/passwd"):
            name, _, number = line.split(":")[:3]
            if name == user:
                return int(number)
        return None

    def run(self, script: str, user: int, environment: dict[str, str], body: bytes) -> bytes:
        """Run a script as somebody. Returns what it printed."""
        identity = [f"--userspec=+{user}:+{user}", "--groups="] if user else []
        done = subprocess.run(
            ["chroot", *identity, str(self.root), script],
            input=body,
            env=environment,
            capture_output=True,
            check=False,
            timeout=90,
        )
        if done.stderr:
            self.errors.append(done.stderr.decode("utf-8", "replace"))
        return done.stdout

    def _is_welcome(self, user: str, service: Service) -> bool:
        if service == "whostmgr":
            return bool(self.acls(user))
        known = (self.root / "var/cpanel/users" / user).exists()
        return user != "root" and known and self.uid(user) is not None

    def _known_acls(self) -> frozenset[str]:
        drivers = (self.root / CPANEL / "Cpanel/Config/ConfigObj/Driver").glob("*/META.pm")
        return OWN_ACLS | {f"software-{file.parent.name}" for file in drivers}

    def _lines(self, path: str) -> list[str]:
        file = self.root / path
        return file.read_text("utf-8").splitlines() if file.exists() else []


class _Door:
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


def pairs(text: str) -> dict[str, str]:
    """Lines KEY=VALUE, comments left out."""
    lines = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
    return {key.strip(): value.strip() for key, found, value in lines if found}
