"""What starts when a `with` begins, and leaves nothing behind when it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self


class Lifetime:
    """Derived from by servers that have their files already and are to be started."""

    def start(self) -> None:
        """Start it, and wait until it serves. Raises ServerFailedError."""
        raise NotImplementedError

    def close(self) -> None:
        """End it, remove what it has written; harmless when it never started."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        """Itself, running. Raises ServerFailedError."""
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close, whatever happened."""
        self.close()
