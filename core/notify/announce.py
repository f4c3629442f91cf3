"""What the daemon calls when an account is blocked, or looks stolen.

What writes and sends mails takes up two megabytes, with babel more, and is only loaded when there
is something to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from core.errors import NoticeError
from core.notify.host_name import host_name
from core.settings.model import Settings
from core.store.block import Block
from core.store.signal import NotedSignal
from core.words import Reason

if TYPE_CHECKING:
    from email.message import EmailMessage


class StolenAccount(Struct, frozen=True):
    """What there is to tell.

    Attributes:
        account: normalised login name.
        signals: what was seen, the newest first.
        block: the block that began for it, None where there is none.
    """

    account: str
    signals: tuple[NotedSignal, ...]
    block: Block | None = None


def announce(block: Block, settings: Settings, told: Collection[str] = ()) -> None:
    """Send one notice about one block to the administrator, and one to the domain's owner.

    Whoever has no address set gets none, and the administrator none of a block by hand. May take a
    minute, so it runs beside the daemon's loop.

    Args:
        block: the block that has begun.
        settings: what counts for the account.
        told: addresses that have theirs already.

    Raises:
        NoticeError: one of them could not be handed over; it says whether the other one was.
    """
    by_hand = block.reason == Reason.BLOCKED_BY_HAND
    _send(
        _recipients(settings, administrator=not by_hand, owner=settings.owner.blocked),
        lambda address, is_owner: _notice(block, settings, address, is_owner),
        told,
    )


def announce_stolen(news: StolenAccount, settings: Settings, told: Collection[str] = ()) -> None:
    """Send one notice about an account that looks stolen to each of the same people.

    Args:
        news: what was seen.
        settings: what counts for the account.
        told: addresses that have theirs already.

    Raises:
        NoticeError: as `announce`.
    """
    from core.notify import report, stolen_notice  # noqa: PLC0415
    from core.notify.language import Language  # noqa: PLC0415

    def notice(address: str, is_owner: bool) -> EmailMessage:
        language = Language(settings.notify.language)
        host = host_name()
        document = stolen_notice.document(news, settings, host, language, is_owner=is_owner)
        return report.compose(document, address, host, bulk=False)

    # Nobody else tells of a block that came of it.
    blocked = news.block is not None
    recipients = _recipients(
        settings,
        administrator=settings.notify.stolen or blocked,
        owner=settings.owner.stolen or (blocked and settings.owner.blocked),
    )
    _send(recipients, notice, told)


def _send(
    recipients: Iterator[tuple[str, bool]],
    notice: Callable[[str, bool], EmailMessage],
    told: Collection[str],
) -> None:
    from core.notify.submission import submit  # noqa: PLC0415

    complaints, taken = [], []
    for address, is_owner in recipients:
        if address in told:
            continue
        try:
            submit(notice(address, is_owner), address)
        except NoticeError as error:
            complaints.append(f"{address}: {error}" if is_owner else str(error))
        else:
            taken.append(address)
    if complaints:
        raise NoticeError("; ".join(complaints), tuple(taken))


def _recipients(
    settings: Settings, *, administrator: bool, owner: bool
) -> Iterator[tuple[str, bool]]:
    first, second = settings.notify.address, settings.owner.address
    told = first if administrator else ""
    if told:
        yield told, False
    # Who is both needs only the notice that says more.
    if owner and second and second.lower() != told.lower():
        yield second, True


def _notice(block: Block, settings: Settings, address: str, is_owner: bool) -> EmailMessage:
    if not is_owner:
        from core.notify.block_notice import compose  # noqa: PLC0415

        return compose(block, address, host_name(), language=settings.notify.language)
    from core.notify import owner_notice, report  # noqa: PLC0415
    from core.notify.language import Language  # noqa: PLC0415

    language = Language(settings.notify.language)
    document = owner_notice.document(block, settings, host_name(), language)
    return report.compose(document, address, host_name(), bulk=False)
