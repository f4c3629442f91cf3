"""The system page: mail servers, data, licence, audit trail, import and export, diagnostics.

Each part is a module beside this one; here they get their addresses.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint
from werkzeug.wrappers import Response

from core.web.pages import (
    system_about,
    system_audit,
    system_data,
    system_diagnostics,
    system_exchange,
    system_hooks,
    system_licence,
    system_settings,
    system_tokens,
)

bp = Blueprint("system", __name__, url_prefix="/system")

View = Callable[[], str | Response | tuple[str, int]]

_GET: dict[str, tuple[str, View]] = {
    "": ("show", system_hooks.show),
    "/data": ("data", system_data.show),
    "/settings": ("settings", system_settings.show),
    "/licence": ("licence", system_licence.show),
    "/audit": ("audit", system_audit.show),
    "/exchange": ("exchange", system_exchange.show),
    "/exchange/settings.json": ("export", system_exchange.export),
    "/tokens": ("tokens", system_tokens.show),
    "/diagnostics": ("diagnostics", system_diagnostics.show),
    "/diagnostics/archive.zip": ("archive", system_diagnostics.download),
    "/about": ("about", system_about.show),
}
_POST: dict[str, tuple[str, View]] = {
    "/test": ("test", system_hooks.test),
    "/data/update": ("update", system_data.update),
    "/data/rollback": ("rollback", system_data.rollback),
    "/data/settings": ("save_data", system_data.save),
    "/settings": ("save_settings", system_settings.save),
    "/audit/undo": ("undo", system_audit.undo),
    "/licence": ("set_licence", system_licence.set_key),
    "/licence/remove": ("remove_licence", system_licence.remove),
    "/exchange": ("preview_import", system_exchange.preview),
    "/exchange/import": ("carry_out", system_exchange.carry_out),
    "/tokens": ("create_token", system_tokens.create),
    "/tokens/revoke": ("revoke_token", system_tokens.revoke),
}

for _path, (_name, _view) in _GET.items():
    bp.add_url_rule(_path, _name, _view, methods=["GET"])
for _path, (_name, _view) in _POST.items():
    bp.add_url_rule(_path, _name, _view, methods=["POST"])
