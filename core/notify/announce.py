"""What the daemon calls when an account is blocked."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage

from core.errors import NoticeError
from core.notify.block_notice import compose
from core.notify.host_name import host_name
from core.notify.submission import submit
from core.settings.model import Settings
from core.store.block import Block


def announce(block: Block, settings: Settings) -> None:
    """Send one notice about one block to the administrator, and one to the domain's owner.

    Whoever has no address set gets none. May take a minute, so it runs beside the daemon's loop.

    Args:
        block: the block that has begun.
        settings: what counts for the account.

    Raises:
        NoticeError: one of them could not be handed over; the other one may have been.
    """
    complaints = []
    for address, is_owner in _recipients(settings):
        try:
            submit(_notice(block, settings, address, is_owner), address)
        except NoticeError as error:
            complaints.append(f"{address}: {error}" if is_owner else str(error))
    if complaints:
        raise NoticeError("; ".join(complaints))


def _recipients(settings: Settings) -> Iterator[tuple[str, bool]]:
    administrator, owner = settings.notify.address, settings.owner
    if administrator:
        yield administrator, False
    # Who is both needs only the notice that says more.
    if owner.address and owner.blocked and owner.address.lower() != administrator.lower():
        yield owner.address, True


def _notice(block: Block, settings: Settings, address: str, is_owner: bool) -> EmailMessage:
    if not is_owner:
        return compose(block, address, host_name(), language=settings.notify.language)
    # With babel they take up megabytes that a daemon without such an owner has no use for.
    from core.notify import owner_notice, report  # noqa: PLC0415
    from core.notify.language import Language  # noqa: PLC0415

    language = Language(settings.notify.language)
    document = owner_notice.document(block, settings, host_name(), language)
    return report.compose(document, address, host_name(), bulk=False)
