-- question: How often did the published kind of interval hold what came, by tenth of the prediction?
-- grain: a promised level and a tenth of the prediction
-- filters: none
-- columns: level DOUBLE, decile BIGINT, customers BIGINT, covered DOUBLE, width DOUBLE, is_corrected BOOLEAN
-- Decile 0 is everybody. Corrected intervals exist only where an older cut-off could teach.
select
    c.level,
    c.decile,
    cast(sum(c.customers) as bigint) as customers,
    sum(c.covered * c.customers) / sum(c.customers) as covered,
    sum(c.width * c.customers) / sum(c.customers) as width,
    any_value(k.is_used) as is_corrected
from backtest.coverage as c
cross join backtest.summary as s
inner join backtest.corrections as k on k.model = c.model and k.level = c.level
where c.model = s.incumbent and c.kind = case when k.is_used then 'corrected' else 'model' end
group by c.level, c.decile
order by c.level, c.decile
