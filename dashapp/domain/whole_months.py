"""Up to which day the past is judged by whole months: a month that is under way changes nothing before it is over."""

from __future__ import annotations

from datetime import date, timedelta


def whole_until(observed_from: date, observed_until: date) -> date:
    """Last day of the last calendar month that the data reach the end of; their last day where there is none.

    >>> whole_until(date(2010, 12, 1), date(2011, 12, 9)).isoformat()
    '2011-11-30'
    >>> whole_until(date(2010, 12, 1), date(2011, 12, 31)).isoformat()
    '2011-12-31'
    >>> whole_until(date(2011, 12, 1), date(2011, 12, 9)).isoformat()
    '2011-12-09'
    """
    before = (observed_until + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    return before if before >= observed_from else observed_until
