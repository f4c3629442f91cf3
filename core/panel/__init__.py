"""The contract between the engine and one control panel.

A panel package says what is true of that panel and nothing else; a server without a panel has
`core.standalone`. All of it is imported from here; the files in this folder part it by subject.
"""

from __future__ import annotations

from core.panel.contract import Panel, Remarking
from core.panel.hook import Change, Doors, HookState, Knock, Knocker, MailHook
from core.panel.people import Role, Viewer, Visit
from core.panel.server import GLUE, Bridge, MailDomain, PanelInfo, Remark, Requirement

__all__ = [
    "GLUE",
    "Bridge",
    "Change",
    "Doors",
    "HookState",
    "Knock",
    "Knocker",
    "MailDomain",
    "MailHook",
    "Panel",
    "PanelInfo",
    "Remark",
    "Remarking",
    "Requirement",
    "Role",
    "Viewer",
    "Visit",
]
