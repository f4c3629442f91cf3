"""The few errors that somebody catches; everything else raises a built-in."""

from __future__ import annotations


class MailwardError(Exception):
    """Something the reader of the message can act on. Its text is shown as it is."""


class SettingError(MailwardError):
    """A setting's name is unknown, its value is bad, or it is not legal in that scope.

    The text begins with the setting's name, e.g. ``send.limit: must be at least 1``.
    """


class ConfigError(MailwardError):
    """The small TOML configuration file cannot be used; the text names file and key."""


class DataError(MailwardError):
    """Downloaded or stored data failed a check; the text says which. The last good copy stays."""


class StoreError(MailwardError):
    """The store cannot be opened or written; the text says why and what stays safe."""


class StoreChanged(StoreError):
    """Somebody else has changed the same thing meanwhile; look again and decide anew."""


class ControlError(MailwardError):
    """The daemon cannot be reached, or it refused the request."""


class DaemonUnreachable(ControlError):
    """Nobody answers on the control socket: the daemon is not running, or may not be asked."""


class NoticeError(MailwardError):
    """A mail to the administrator could not be handed over; the text says where and why.

    Attributes:
        told: addresses that have taken theirs.
    """

    def __init__(self, text: str, told: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.told = told


class PlanError(MailwardError):
    """A change plan could not be applied or undone; the text says what was put back."""


class HookHarmful(PlanError):
    """A mail server is set so that our hook would do harm there: one in place is taken back."""


class LicenceError(MailwardError):
    """A licence key cannot be used; the text says why. Nothing was changed."""


class LicenceForged(LicenceError):
    """A licence key that the vendor has not signed."""


class PanelAbsent(MailwardError):
    """The panel or mail server is not installed here."""


class PanelBroken(MailwardError):
    """It is installed, but does not answer as it should; the text is shown."""


class VisitRefused(MailwardError):
    """Who asks for a page is not believed; the text says why, and whoever asked may read it."""


class PanelTooOld(MailwardError):
    """It is older than the oldest version that is supported; the text names both."""


class MailServerUnsupported(MailwardError):
    """The mail server is one that cannot be asked to ask us; the text says what still works."""
