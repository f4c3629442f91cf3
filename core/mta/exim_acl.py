r"""What Exim is made to do at each point: the text of our fragments, as statements of an ACL.

Pure text; what is in it was tried on Exim 4.94, 4.96 and 4.98 (facts/mta_hooks.md 4). A fragment
stands at the beginning of somebody else's ACL: it warns, denies and defers, and accepts nothing.
It holds no macro and, but for ``\N``, no capital letter, because Exim replaces the names of other
people's macros wherever they stand (Exim's manual, 6.4).

What a client may write goes into a question with its line breaks replaced and its length bounded;
a sender's address and a HELO are not asked about at all. Of our variables those with ``acl_c`` live
as long as the connection, those with ``acl_m`` as long as the message. Each is made empty before
it is read, as ``strict_acl_vars`` wants it, but where an ACL may be gone through again (`AGAIN`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Literal

Point = Literal["connect", "helo", "auth", "mail", "rcpt", "predata", "data", "not_smtp"]
"""The ACL in which a fragment stands. Where a server has no place at ``connect``, ``helo`` will do:
no client can log in before it; likewise ``rcpt`` instead of ``mail``, ``predata`` for ``data``."""

FILES: Mapping[Point, str] = {
    "connect": "connect",
    "helo": "connect",
    "auth": "auth",
    "mail": "mail",
    "rcpt": "mail",
    "predata": "data",
    "data": "data",
    "not_smtp": "not_smtp",
}
"""The fragment that stands there."""

AGAIN: frozenset[Point] = frozenset({"helo", "rcpt"})
"""What a client may say again and again. Exim gives no means to ask whether a variable is there
that ``strict_acl_vars`` would not forbid, so the two do not go together."""

TIMEOUT = "2s"
"""For one answer; the daemon gives its own within 1.5, also when the disk is slow."""

MENDING = "1s"
"""For the question that mends Exim after one that failed, see `_MENDED`; it only takes that long
where the daemon hangs."""

SLOW, PAUSE = 1, 10
"""Seconds. An answer that failed after more than the first was waited for in vain (one that fails
at once may pass the full second); for the other, that connection waits for no further one."""

LONGEST = 256
"""Octets of a name, and of a folder's, that are told."""

_ASKED, _NOTHING = "asked ", "nothing"
"""Begins a variable that holds an answer, so that it is never empty; and stands in for one."""

_UNHEARD = rf"{{!match{{$<variable>}}{{\N^{_ASKED}action=\N}}}}"
"""Exim may call an answer for which it waited in vain an empty one: in some states of an SMTP
session another part of it takes the alarm."""

_BEGUN, _HUNG = "acl_c_mailward_begun", "acl_c_mailward_hung"
"""When the last question was put, and the last one that was put in vain to somebody who hangs."""

NAMES: Mapping[str, str] = {
    "connect": "acl_c_mailward_connect",
    "auth": "acl_c_mailward_auth",
    "mail": "acl_m_mailward_mail",
    "data": "acl_m_mailward_data",
    "not_smtp": "acl_m_mailward_script",
}
"""The variable that holds the answer, by fragment: also how to know that Exim reads a fragment."""


class Wording:
    """Writes the fragments.

    Args:
        endpoint: where the daemon listens: `unix:PATH` or `tcp:HOST:PORT`.
        ports: at which people log in before they do anything else, and are asked about at once.
        spared: numeric ids of users whose scripts are not counted, beside root and Exim itself.
        proxied: some clients come through a proxy that says who they are; the variables about it
            are only known to an Exim that was built for it.
        passwd: this Exim can look up users as the system does, and not in /etc/passwd alone.
        login: the expansion that gives the account of a client who has logged in.
        script_user: the expansion that gives the system user whose script it is; "" for his name
            as Exim has it, made sure by his number.

    Raises:
        ValueError: the endpoint cannot be written into Exim's configuration.
    """

    def __init__(
        self,
        endpoint: str,
        ports: Iterable[int],
        spared: Iterable[int] = (),
        *,
        proxied: bool = False,
        passwd: bool = True,
        login: str = "$authenticated_id",
        script_user: str = "",
    ) -> None:
        kind, _, place = endpoint.partition(":")
        if kind not in ("unix", "tcp") or set(place) & set("${}\\\"' \n\t") or not place:
            raise ValueError(f"{endpoint}: Exim can be told unix:PATH and tcp:HOST:PORT only")
        self._socket = f"inet:{place}" if kind == "tcp" else place
        self._ports = " : ".join(map(str, sorted(set(ports))))
        self._script = f"!inlist{{$originator_uid}}{{{_list(('0', '$exim_uid', *spared))}}}"
        self._proxied = proxied
        self._login = login
        self._user = script_user or _SCRIPT_USER.format(_BY_SYSTEM if passwd else _BY_FILE)

    def fragments(self, points: Collection[Point], *, connect: bool = True) -> dict[str, str]:
        """Every fragment by its name, also those that ask nothing.

        Args:
            points: where fragments stand.
            connect: ask before the login.
        """
        made = dict.fromkeys(NAMES, "# nothing is asked here\n")
        for point in points:
            asks = connect or FILES[point] not in ("connect", "auth")
            made[FILES[point]] = self.fragment(point) if asks else _empty(point)
        return {name: _HEAD + text for name, text in made.items()}

    def fragment(self, point: Point) -> str:
        """The statements for one point."""
        name = FILES[point]
        if name == "connect":
            ports = "".join(_fill("{inlist{<port>}{<ports>}}", port=port) for port in self._told)
            asked = _fill("{or{<any>}}", any=ports).replace("<ports>", self._ports)
            conditions, attributes = _REMOTE + asked + _unanswered(name), _CONNECT
        elif name == "auth":
            conditions = _REMOTE + _unanswered("connect") + _unanswered(name)
            attributes = _CONNECT
        elif name == "mail":
            # Once for a message: the last of many recipients gets the answer of the first.
            conditions, attributes = self._somebody + _unanswered(name), self._who("auth")
        else:
            conditions = self._somebody if name == "data" else f"{{{self._script}}}"
            attributes = self._who("send") + _MESSAGE
        wait = _AWAKE if name != "not_smtp" else ""
        request = _fill(_COMMON, port=_PROXY_PORT if self._proxied else "$received_port")
        return _empty(point) + _fill(
            _ASK + (_HANG if wait else "") + _REFUSE,
            conditions=conditions + wait,
            question=request + attributes + r"\n",
            socket=self._socket,
            variable=NAMES[name],
            # After a refused HELO a client could go on; after a refused connection he could not.
            verb="drop" if point == "helo" else "deny",
        )

    def expansions(self, points: Collection[Point]) -> list[str]:
        """What the fragments let Exim expand, to be tried without asking anybody (`exim -be`)."""
        found = []
        for line in "".join(map(self.fragment, points)).splitlines():
            name, _, value = line.strip().partition(" = ")
            if name.startswith("set") and "${readsocket" in value:
                call, answer = f"${{readsocket{{{self._socket}}}", f"{{{TIMEOUT}}}{{ }}"
                found.append(value.replace(call, "${if eq{}", 1).partition(answer)[0] + "}")
            elif name == "condition" and "acl_" not in value:
                found.append(value)
        return found

    @property
    def _told(self) -> tuple[str, ...]:
        return ("$received_port", *(("$proxy_external_port",) if self._proxied else ()))

    @property
    def _somebody(self) -> str:
        """Somebody has logged in, or a script talks SMTP to `exim -bs`."""
        login = f"and{{{{{_DAEMON}}}{{def:sender_host_authenticated}}}}"
        return f"{{or{{{{{login}}}{{{self._script}}}}}}}"

    def _who(self, context: str) -> str:
        """A local user is never believed whom he says to have logged in as (`exim -bs -oMai`)."""
        return (
            rf"policy_context={context}\n"
            rf"sasl_username=${{if {_DAEMON}{{{_safe(self._login)}}}}}\n"
            rf"local_user=${{if {_DAEMON}{{}}{{{_safe(self._user)}}}}}\n"
        )


def _list(words: Iterable[object]) -> str:
    return " : ".join(map(str, words))


def _fill(template: str, **values: str) -> str:
    """Exim's text is full of braces and dollars; what is put into it stands between angles."""
    for name, value in values.items():
        template = template.replace(f"<{name}>", value)
    return template


def _unanswered(name: str) -> str:
    """The question was not put yet, or put in vain."""
    return _fill(_UNHEARD, variable=NAMES[name])


def _empty(point: Point) -> str:
    """Statements by which there are our variables."""
    if point in AGAIN or point == "auth":
        return ""
    names = (NAMES["connect"], NAMES["auth"], _BEGUN, _HUNG) if point == "connect" else ()
    return "warn\n" + "".join(f"  set {name} =\n" for name in names or (NAMES[FILES[point]],))


def _safe(text: str) -> str:
    """An expansion that holds no line break and is not long."""
    return rf"${{length_{LONGEST}:${{tr{{{text}}}{{\n\r}}{{__}}}}}}"


_REMOTE = "{def:sender_host_address}"

_DAEMON = "inlist{$originator_uid}{0 : $exim_uid}"
"""Exim's own process: it listens at the ports, and sends the bounces. Root tries things (`-bh`)."""

_PROXY_PORT = (
    "${if inlist{$proxy_external_port}{25 : 465 : 587}{$proxy_external_port}{$received_port}}"
)
"""Behind a proxy, the port that the client connected to says what he wants."""

_COMMON = (
    r"request=smtpd_access_policy\nmta=exim\n"
    r"client_address=$sender_host_address\nclient_port=$sender_host_port\nserver_port=<port>\n"
)

_CONNECT = r"policy_context=connect\n"

_MESSAGE = (
    r"instance=$message_exim_id\nqueue_id=$message_exim_id\nrecipient_count=$recipients_count\n"
    rf"script_folder=${{if eq{{$sender_host_address}}{{}}{{{_safe('$initial_cwd')}}}}}\n"
)

_SCRIPT_USER = "${{if eq{{$originator_uid}}{{{}}}{{$sender_ident}}{{uid-$originator_uid}}}}"
"""The user's name. Exim lets users whom it trusts claim another (`-oMt`), but no other number."""

_BY_SYSTEM = "${extract{2}{:}{${lookup passwd{$sender_ident}{$value}}}}"
_BY_FILE = "${extract{2}{:}{${lookup{$sender_ident}lsearch{/etc/passwd}{$value}}}}"
"""The user's number, by his name."""

_HEAD = """\
# Written by Mailward, and written anew at its upgrades: changes in here are lost.
# A daemon that is away, hangs or talks nonsense has no opinion, and mail goes on.
"""

_AWAKE = f"{{or{{{{!def:{_HUNG}}}{{>{{${{eval10:$tod_epoch-${_HUNG}}}}}{{{PAUSE}}}}}}}}}"

_MENDED = rf"${{readsocket{{<socket>}}{{\n\n}}{{{MENDING}}}{{ }}{{{_NOTHING}}}}}"
"""Instead of an answer that did not come. Exim up to 4.98 at least closes a unix socket that it
cannot connect, and remembers its number as open: the next question would be written into whatever
file has the number by then, its log or somebody's mail, and close that. Asked again before there is
such a file, it finds the number closed and forgets it."""

_ASK = f"""\
warn
  condition = ${{if and{{<conditions>}}}}
  set {_BEGUN} = $tod_epoch
  set <variable> = {_ASKED}${{readsocket{{<socket>}}{{<question>}}{{{TIMEOUT}}}{{ }}{{{_MENDED}}}}}
"""

_UNSAID = rf"{{match{{$<variable>}}{{\N^{_ASKED}(?!action=)\N}}}}"
_WAITED = f"{{>{{${{eval10:$tod_epoch-0${_BEGUN}}}}}{{{SLOW}}}}}"

_HANG = f"""\
warn
  condition = ${{if and{{{_UNSAID}{_WAITED}}}}}
  set {_HUNG} = $tod_epoch
"""

_TEXT = rf"${{sg{{$<variable>}}{{\N(?i)^{_ASKED}action=[a-z0-9]+ +| +$\N}}{{}}}}"

_REFUSE = rf"""<verb>
  condition = ${{if match{{$<variable>}}{{\N(?i)^{_ASKED}action=(reject|521)( |$)\N}}}}
  message = {_TEXT}
  log_message = mailward: {_TEXT}
defer
  condition = ${{if match{{$<variable>}}{{\N(?i)^{_ASKED}action=defer( |$)\N}}}}
  message = {_TEXT}
  log_message = mailward: {_TEXT}
"""
