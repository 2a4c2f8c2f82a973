"""The system's clock behind the `Clock` port."""

from __future__ import annotations

import time


class SystemClock:
    """`Clock` of this machine."""

    def now(self) -> int:
        """Milliseconds since 1970-01-01T00:00:00Z."""
        return time.time_ns() // 1_000_000
