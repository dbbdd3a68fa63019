-- question: How did purchases add up after each cut-off, expected and actual?
-- grain: a cut-off and a day after it
-- filters: none
-- columns: origin BIGINT, cut_off DATE, day BIGINT, expected DOUBLE, actual BIGINT
select t.origin, o.cut_off, t.day, t.expected, t.actual
from backtest.tracking as t
cross join backtest.summary as s
inner join backtest.origins as o on o.origin = t.origin
where t.model = s.incumbent
order by t.origin, t.day
