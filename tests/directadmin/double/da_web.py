"""A small DirectAdmin: its web server, sessions, and how it runs plugins (facts/directadmin.md 9).

Runs in the test's process as root and works on a machine's folder: looks up ``plugin.conf``,
becomes the user that a level runs as, and starts the plugin's script inside with the environment
of facts 1.4. What it is told to do differently from DirectAdmin's newest version is an attribute.
"""

from __future__ import annotations

import re
import ssl
import threading
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

from tests.directadmin.double import da_skins as skins
from tests.directadmin.double.da_plugins import HOME, PASSWORD, DirectAdminPlugins

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

LEVELS: Final = {
    "CMD_PLUGINS_ADMIN": ("admin", {"admin"}),
    "CMD_PLUGINS_RESELLER": ("reseller", {"admin", "reseller"}),
    "CMD_PLUGINS": ("user", {"admin", "reseller", "user"}),
}
"""What stands first in a plugin's address: its level, and who may open it."""

TYPES: Final = {".svg": "image/svg+xml", ".json": "application/json", ".png": "image/png"}


class DirectAdminWeb(DirectAdminPlugins):
    """`with DirectAdminWeb(root) as panel:` serves on loopback.

    Attributes:
        address: of the panel; tls: whether it speaks TLS; skin: ``evolution`` or ``enhanced``;
            dark: whether its skin is.
        answers: how a question for a session's person is answered: "", ``silent``, ``redirect``,
            ``nonsense``, ``down``.
        asked: for whom that question came, the newest last.
    """

    def __init__(self, root: Path, *, tls: Path | None = None) -> None:
        super().__init__(root)
        self.skin = "evolution"
        self.dark = False
        self.answers = ""
        self.asked: list[str] = []
        self.silence = threading.Event()
        self._server = _Server(self)
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = int(self._server.server_address[1])
        self.tls = tls is not None
        self.address = f"http{'s' if tls else ''}://127.0.0.1:{self.port}"
        conf = self.write("conf/directadmin.conf", 0o600)
        conf.write_text(f"servername=panel.test\nport={self.port}\nssl={int(self.tls)}\n")
        self.listen()

    def listen(self, owner: int | None = None) -> None:
        """Tell the machine who has opened the port, as its kernel would.

        Args:
            owner: somebody else's number, for a test in which the port is not DirectAdmin's.
        """
        place = self.root / "proc/net/tcp"
        place.parent.mkdir(parents=True, exist_ok=True)
        head, *lines = Path("/proc/net/tcp").read_text().splitlines()
        wanted = f":{self.port:04X}"
        kept = [line.split() for line in lines if line.split()[1].endswith(wanted)]
        for fields in kept:
            fields[7] = fields[7] if owner is None else str(owner)
        place.write_text("\n".join((head, *map(" ".join, kept))) + "\n")

    def __enter__(self) -> Self:
        """Serve."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Serve no more."""
        self.silence.set()
        self._server.shutdown()
        self.close()

    def close(self) -> None:
        """Let go of the port."""
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, panel: DirectAdminWeb) -> None:
        self.panel = panel
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away is none of ours."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base has it so
        """Nobody reads it."""

    def do_GET(self) -> None:
        """Answer."""
        try:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        except Exception as error:  # noqa: BLE001  a test looks at the list
            self.server.panel.errors.append(f"{type(error).__name__}: {error}")
            self._send(500, str(error))

    do_POST = do_HEAD = do_GET  # noqa: N815  likewise

    def _answer(self, body: bytes) -> None:
        panel, parts = self.server.panel, urlsplit(self.path)
        if parts.path == "/CMD_LOGIN" and self.command == "POST":
            self._log_in(body)
            return
        cookies = SimpleCookie(self.headers.get("Cookie", ""))
        said = {name: cookies[name].value for name in ("session", "key") if name in cookies}
        session, key = said.get("session", ""), said.get("key", "")
        names = panel.session(session, key)
        if parts.path == "/CMD_API_SHOW_USER_CONFIG":
            self._tell(names)
        elif parts.path == "/CMD_API_LOGIN_TEST":
            ok = bool(names)
            self._send(200 if ok else 401, f"error={int(not ok)}&text=Login", "text/plain")
        elif not names:
            self._send(200, skins.login(self.path))
        elif parts.path == "/CMD_LOGIN_AS":
            self._log_in_as(names, parse_qs(parts.query)["user"][0])
        else:
            self._show(names, session, key, body)

    def _show(self, names: str, session: str, key: str, body: bytes) -> None:
        parts, panel = urlsplit(self.path), self.server.panel
        who = names.rpartition("|")[2]
        if parts.path == "/evo/plugin":
            source = parse_qs(parts.query)["src"][0]
            self._send(200, self._dressed(skins.evolution(panel.root, panel.kind(who), source)))
            return
        first, _, rest = parts.path[1:].partition("/")
        plugin, _, name = rest.partition("/")
        level, may = LEVELS.get(first, ("", set()))
        if plugin != "mailward" or panel.kind(who) not in may:
            self._send(404 if level == "" else 403, "Cannot execute your command")
            return
        if name.startswith("images/"):
            self._image(name)
            return
        given = self._given(names, session, key, parts.query)
        printed = panel.run(level, unquote(name) or "index.html", given, body)
        if printed is None:
            self._send(404, "Plugin not found")
        elif name.endswith(".raw"):
            self.close_connection = True
            self.wfile.write(printed)
        else:
            self._send(
                200, self._dressed(skins.wrapped(panel.root, panel.skin, level, printed.decode()))
            )

    def _dressed(self, page: str) -> str:
        """The panel's page, light or dark; Evolution's inner page has no colours of its own."""
        dark = self.server.panel.dark
        return page.replace("<html lang", '<html class="dark" lang', 1) if dark else page

    def _given(self, names: str, session: str, key: str, query: str) -> dict[str, str]:
        master, _, who = names.rpartition("|")
        given = {
            "USERNAME": who,
            "SESSION_ID": session,
            "SESSION_KEY": key,
            "IS_LOGIN_AS": str(int(bool(master))),
            "IS_LOGIN_KEY": "0",
            "SESSION_SELECTED_DOMAIN": "",
            "REQUEST_METHOD": self.command,
            "QUERY_STRING": query,
            "REMOTE_ADDR": self.client_address[0],
            "REQUEST_URI": self.path,
            "HTTP_COOKIE": self.headers.get("Cookie", ""),
            "LANGUAGE": self.headers.get("X-Test-Language", "en"),
            "SKIN_NAME": self.server.panel.skin,
            "DOCUMENT_ROOT": HOME,
            "CONTENT_LENGTH": "",
        }
        return given | ({"LOGIN_AS_MASTER": master} if master else {})

    def _image(self, name: str) -> None:
        folder = self.server.panel.root / HOME[1:] / "plugins/mailward/images"
        file = (folder.parent / name).resolve()
        if not file.is_relative_to(folder) or not file.is_file():
            self._send(404, "not found")
            return
        self._send(200, file.read_text(), TYPES[file.suffix])

    def _log_in(self, body: bytes) -> None:
        said = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        panel = self.server.panel
        if said.get("password") != PASSWORD or not panel.kind(said.get("username", "")):
            self._send(200, skins.login("/"))
            return
        session, key = panel.log_in(said["username"], self.client_address[0])
        where = said.get("referer", "/")
        self._redirect(where, [f"session={session}; Path=/; HttpOnly", f"key={key}; Path=/"])

    def _log_in_as(self, names: str, user: str) -> None:
        panel = self.server.panel
        if panel.kind(names) not in ("admin", "reseller"):
            self._send(403, "no")
            return
        session, key = panel.log_in(f"{names}|{user}", self.client_address[0])
        self._redirect("/", [f"session={session}; Path=/; HttpOnly", f"key={key}; Path=/"])

    def _tell(self, names: str) -> None:
        """Whose session it is; names and values are escaped more than they need be."""
        panel = self.server.panel
        panel.asked.append(names)
        if panel.answers == "silent":
            panel.silence.wait(30)
        elif panel.answers == "redirect":
            self._redirect("/CMD_LOGIN", [])
        elif panel.answers == "nonsense":
            self._send(200, "<html>Updating DirectAdmin</html>")
        elif not names:
            self._send(401, "error=1&text=Unauthorized", "text/plain")
        else:
            who = names.rpartition("|")[2]
            said = {
                "username": who,
                "usertype": panel.kind(who),
                "name": "Änne & Co",
                "bandwidth": "5",
            }
            text = "&".join(f"{_escaped(k)}={_escaped(v)}" for k, v in said.items())
            self._send(200, text, "text/plain")

    def _redirect(self, where: str, cookies: list[str]) -> None:
        self.send_response(302)
        self.send_header("Location", where)
        for cookie in cookies:
            self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, code: int, text: str, kind: str = "text/html; charset=utf-8") -> None:
        data = text.encode()
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


def _escaped(text: str) -> str:
    return re.sub(r"[0-9]", lambda found: f"%{ord(found[0]):02X}", quote(text, safe=""))
