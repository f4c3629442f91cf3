"""What DirectAdmin's two skins put around a plugin, as little of it as a journey needs."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

PLUGIN = "usr/local/directadmin/plugins/mailward"

STYLE = """
body { font: 14px/1.4 sans-serif; margin: 0; background: #eef1f5; color: #223 }
header { background: #24435f; color: #fff; padding: 12px 20px; font-weight: bold }
nav { float: left; width: 200px; padding: 16px } nav a { display: block; color: #24435f }
nav img { width: 24px; height: 24px; vertical-align: middle }
main { margin-left: 232px; padding: 16px; background: #fff; min-height: 80vh }
html.dark main { background: #1c2733; color: #dde } html.dark body { background: #141c25 }
@media (max-width: 700px) { nav { float: none; width: auto } main { margin: 0; padding: 0 } }
"""


def login(where: str) -> str:
    """The page that asks who one is, and goes on to an address."""
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Login</title>
<style>{STYLE}</style></head><body><header>DirectAdmin</header><main><h1>Login</h1>
<form method="post" action="/CMD_LOGIN">
<input type="hidden" name="referer" value="{html.escape(where)}">
<label>Username <input name="username"></label>
<label>Password <input name="password" type="password"></label>
<button>Sign in</button></form></main></body></html>"""


def menu(root: Path, level: str) -> list[Any]:
    """Evolution's further menu of the plugin, of a level."""
    conf = dict(
        line.partition("=")[::2]
        for line in (root / PLUGIN / "plugin.conf").read_text().splitlines()
    )
    found: list[Any] = json.loads((root / PLUGIN / conf[f"menu_{level}"]).read_text())
    return found


def evolution(root: Path, level: str, source: str) -> str:
    """Evolution's page around a plugin: a frame, into which an empty form is sent."""
    links = "".join(
        f'<a href="/evo/plugin?src={html.escape(entry["href"])}">'
        f'<img src="{html.escape(entry["icon"])}" alt=""> {html.escape(entry["name"])}</a>'
        for group in menu(root, level)
        for entry in group["entries"]
    )
    place = html.escape(source)
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>DirectAdmin</title>
<meta name="viewport" content="width=device-width"><style>{STYLE}
#plugin {{ width: 100%; height: 80vh; border: 0 }}</style></head><body>
<header>DirectAdmin Evolution</header><nav>{links}</nav><main>
<iframe id="plugin" name="plugin" title="Plugin"></iframe>
<form id="open" method="post" action="{place}" target="plugin"></form></main>
<script>document.getElementById('open').submit();</script></body></html>"""


def wrapped(root: Path, skin: str, level: str, body: str) -> str:
    """A plugin's page: in Evolution it stands alone in the frame, in Enhanced in the skin."""
    if skin == "evolution":
        return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Plugin</title>
<style>body {{ margin: 0 }}</style></head><body>{body}</body></html>"""
    text = (root / PLUGIN / f"hooks/{level}_txt.html").read_text()
    image = (root / PLUGIN / f"hooks/{level}_img.html").read_text()
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>DirectAdmin</title>
<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>
<header>DirectAdmin enhanced</header><nav>{text}{image}</nav><main>{body}</main></body></html>"""
