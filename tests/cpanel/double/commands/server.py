"""What belongs to the server as a whole: its service monitor, and the maps of its accounts."""

from __future__ import annotations

import re

from tests.cpanel.double.commands.machine import Failure, Machine, pairs

SERVICE = re.compile(r"service\[([\w-]+)\]=(x,x,x,[^,]+,[^,]+,[^,\n]+|\d+,.*)")


class Server(Machine):
    """Reads services, and writes maps."""

    def restartsrv_chkservd(self, *_: str) -> str:
        """Read every service; a line that cannot be read stops it."""
        folder = self.path("/etc/chkserv.d")
        for file in folder.iterdir():
            if file.name != "chkservd.conf" and not SERVICE.match(file.read_text("utf-8")):
                raise Failure(f"chkservd: {file.name} cannot be read")
        return "chkservd restarted successfully.\n"

    def updateuserdomains(self) -> str:
        """The maps, from the accounts' own records."""
        domains, mains, owners = {}, {}, {}
        for file in sorted(self.path("/var/cpanel/users").iterdir()):
            record = pairs(file.read_text("utf-8"))
            mains[record["DNS"]] = file.name
            owners[file.name] = record.get("OWNER", "root")
            named = [value for key, value in record.items() if re.fullmatch(r"DNS\d*", key)]
            domains.update(dict.fromkeys(named, file.name))
        for name, found, last, mode in (
            ("userdomains", domains, "*: nobody\n", 0o644),
            ("trueuserdomains", mains, "", 0o644),
            ("trueuserowners", owners, "", 0o640),
        ):
            text = "".join(f"{key}: {value}\n" for key, value in sorted(found.items())) + last
            file = self.path(f"/etc/{name}")
            if not file.exists() or file.read_text("utf-8") != text:
                file.write_text(text, "utf-8")
            file.chmod(mode)
        return ""
