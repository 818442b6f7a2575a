"""The office's quiet hours: when no telephone should ring for a reminder, and when it rings instead (D7)."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from web.models import Office

# A reminder that would wait until less than this before the start comes before the night instead, and
# so long before it that a mail server which is away for a moment does not cost it.
ENOUGH = timedelta(minutes=30)
EARLIER = timedelta(hours=1)


@dataclass(frozen=True)
class Quiet:
    """From `begin` to `end` by the clock of `zone`, perhaps past midnight; where equal, never."""

    begin: time
    end: time
    zone: ZoneInfo

    def at(self, moment: datetime) -> bool:
        """Whether it is quiet at a moment."""
        here = moment.astimezone(self.zone).time()
        if self.begin <= self.end:
            return self.begin <= here < self.end
        return here >= self.begin or here < self.end

    def around(self, moment: datetime) -> tuple[datetime, datetime]:
        """When the quiet in which `moment` lies began, and when it ends."""
        local = moment.astimezone(self.zone)
        day = local.date() if local.time() >= self.begin else local.date() - timedelta(days=1)
        following = day if self.begin < self.end else day + timedelta(days=1)
        return (datetime.combine(day, self.begin, self.zone),
                datetime.combine(following, self.end, self.zone))

    def moment_for(self, moment: datetime, *, before: datetime) -> datetime:
        """When to send what is due at `moment`: then, after the quiet, or before it if that is too late."""
        if not self.at(moment):
            return moment
        begin, end = self.around(moment)
        return end if end <= before - ENOUGH else begin - EARLIER


def quiet_of(office: Office) -> Quiet:
    """The quiet hours that an office has chosen."""
    return Quiet(office.quiet_from, office.quiet_to, ZoneInfo(office.timezone))
