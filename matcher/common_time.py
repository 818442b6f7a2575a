"""Whether one pair alone finds times for all that the client cannot do without.

Exact, and cheap where it can be: most pairs are settled at a glance, and the few that are left by a
small dynamic programme over sets of needs.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matcher.columns import Columns
from matcher.fitting import each_schedulable
from matcher.meetings import Meetings
from matcher.times import weeks

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
# Beyond so many essential needs of one client the exact answer costs too much. Such a pair passes
# for possible, which only a reason's words depend on: the solver schedules it or does not.
MOST_NEEDS = 10


def have_common_time(columns: Columns, meetings: Meetings, client: Ints, assistant: Ints) -> Bools:
    """Tell for many pairs, as indices, whether each of them alone could meet all essential needs."""
    rnd = columns.round
    days, weeks_of_round = len(rnd.open_days), len(set(weeks(rnd).tolist()))
    out: Bools = columns.max_clients[assistant] > 0
    each_schedulable(
        meetings.of_needs, meetings.of_assistants, meetings.kind_of_need, meetings.topic_of_need,
        meetings.covers, meetings.first_place, meetings.place, columns.first_need, columns.need_slots,
        columns.need_optional, columns.max_per_day, columns.day_slots, columns.week_slots,
        np.minimum(columns.day_slots * days, columns.week_slots * weeks_of_round), columns.buffer_slots,
        weeks(rnd), client, assistant, MOST_NEEDS, out,
    )
    return out
