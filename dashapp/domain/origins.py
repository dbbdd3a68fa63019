"""Where a backtest cuts the past: the rolling-origin rule, and in words why it could not look as far as asked.

The rule, with n origins asked of a horizon H in data of D days:
1. H is shortened to D / 2 where it is longer, so that there is as much past as future at the last cut-off.
2. The last cut-off lies H days before the end, and each earlier one H days before the next, so that no two holdouts
   share a day. Where that would leave less than H / 2 days of past (at least 28), the cut-offs are spread evenly
   over what there is, with the same H; their holdouts then overlap.
3. Cut-offs less than 14 days apart would be one test twice: there are fewer then.

The data end for this with the last month that is over, where they are long enough by then: the same cut-offs stand all
month, whatever is delivered in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dashapp.domain.whole_months import whole_until

SHORTEST_HORIZON = 28
SHORTEST_PAST = 28
SMALLEST_STEP = 14
FEWEST_SOUGHT, MOST_SOUGHT = 8, 13
"Earlier windows; 13 of SHORTEST_HORIZON make up a year."
YEAR = 364
"Days: 52 weeks, so that four windows of 13 weeks make up a year."


@dataclass(frozen=True)
class Cuts:
    """The cut-offs of one backtest, latest first."""

    cut_offs: tuple[date, ...]
    "Last day known; the holdout begins the day after."
    horizon_days: int
    notes: tuple[str, ...]
    "What a reader must know where it is not as asked; empty when it is."


def cuts(observed_from: date, observed_until: date, horizon_days: int, origins: int) -> Cuts:
    """Cut-offs for `origins` tests of `horizon_days` each; none, with the reason, where the data are too short.

    >>> cuts(date(1997, 1, 1), date(1998, 6, 30), 273, 1).cut_offs[0].isoformat()
    '1997-09-30'
    """
    span = (observed_until - observed_from).days + 1
    horizon = min(horizon_days, max(span // 2, 0))
    if horizon < min(horizon_days, SHORTEST_HORIZON) or span - horizon < SHORTEST_PAST:
        needed = max(2 * min(horizon_days, SHORTEST_HORIZON), SHORTEST_PAST + 1)
        return Cuts((), horizon, (f"The data span {span} days; a backtest needs at least {needed}.",))
    past = max(SHORTEST_PAST, horizon // 2)
    room = max(span - horizon - past, 0)
    step = min(horizon, room // max(origins - 1, 1))
    possible = origins if step >= SMALLEST_STEP else min(origins, 1 + room // SMALLEST_STEP)
    step = step if step >= SMALLEST_STEP else SMALLEST_STEP
    last = observed_until - timedelta(days=horizon)
    days = tuple(last - timedelta(days=step * number) for number in range(possible))
    return Cuts(days, horizon, tuple(_notes(span, horizon_days, horizon, origins, possible, step)))


def judged_until(observed_from: date, observed_until: date, horizon_days: int, origins: int) -> date:
    """Last day a backtest looks at: of the last whole month, unless a shorter horizon or fewer cut-offs came of it.

    >>> judged_until(date(2009, 12, 1), date(2011, 12, 9), 365, 3).isoformat()
    '2011-11-30'
    >>> judged_until(date(2009, 12, 1), date(2010, 12, 9), 365, 3).isoformat()
    '2010-12-09'
    """
    whole = whole_until(observed_from, observed_until)
    by_month, by_day = (cuts(observed_from, last, horizon_days, origins) for last in (whole, observed_until))
    same = by_month.horizon_days == by_day.horizon_days and len(by_month.cut_offs) == len(by_day.cut_offs)
    return whole if same else observed_until


def windows(observed_from: date, observed_until: date, horizon_days: int) -> Cuts:
    """Whole windows one after the other up to the end of the data, latest first, for what they say of the next one.

    As many as make up a year, where that is between FEWEST_SOUGHT and MOST_SOUGHT. Where two of the horizon do not fit,
    each is a third of the data long, at least SHORTEST_PAST or the horizon. Each has as much past before it as it is
    long, and twice SHORTEST_PAST, or the model would not have settled.

    >>> [str(day) for day in windows(date(2024, 1, 1), date(2024, 12, 31), 91).cut_offs]
    ['2024-10-01', '2024-07-02', '2024-04-02']
    """
    span = (observed_until - observed_from).days + 1
    length = min(horizon_days, max(span // 3, SHORTEST_PAST))
    sought = min(max(-(-YEAR // max(length, 1)), FEWEST_SOUGHT), MOST_SOUGHT)
    last = [observed_until - timedelta(days=length * number) for number in range(1, sought + 1)]
    past = max(length, 2 * SHORTEST_PAST)
    return Cuts(tuple(day for day in last if (day - observed_from).days + 1 >= past), length, ())


def _notes(span: int, asked_days: int, horizon: int, asked: int, possible: int, step: int) -> list[str]:
    notes = []
    if horizon < asked_days:
        notes.append(
            f"The data span {span} days, too few to test {asked_days}; the backtest looks {horizon} days ahead."
        )
    if possible < asked:
        notes.append(f"The data span {span} days, which is enough for {possible} of {asked} cut-offs.")
    if possible > 1 and step < horizon:
        notes.append(f"The cut-offs lie {step} days apart, so that their holdouts of {horizon} days overlap.")
    return notes
