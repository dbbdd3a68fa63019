-- question: How often did the published kind of interval hold what came, by tenth of the prediction?
-- grain: a promised level and a tenth of the prediction
-- filters: none
-- columns: level DOUBLE, decile BIGINT, customers BIGINT, covered DOUBLE, width DOUBLE, fewest DOUBLE, windows BIGINT, width_ratio DOUBLE
-- Decile 0 is everybody. fewest: share inside at the worst cut-off; windows: earlier ones that say how wide; width_ratio:
-- times the width as the model gives it.
select
    c.level,
    c.decile,
    cast(sum(c.customers) as bigint) as customers,
    sum(c.covered * c.customers) / sum(c.customers) as covered,
    sum(c.width * c.customers) / sum(c.customers) as width,
    any_value(w.fewest) as fewest,
    any_value(w.windows) as windows,
    any_value(w.width_ratio) as width_ratio
from backtest.coverage as c
cross join backtest.summary as s
inner join backtest.widenings as w on w.level = c.level
where c.model = s.incumbent and c.kind = 'widened'
group by c.level, c.decile
order by c.level, c.decile
