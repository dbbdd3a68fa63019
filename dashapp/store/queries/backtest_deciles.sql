-- question: What was each tenth of the customers predicted to bring, and what did it bring, over all cut-offs?
-- grain: a tenth of the predicted money, over all cut-offs
-- filters: none
-- columns: decile BIGINT, customers BIGINT, predicted DOUBLE, actual DOUBLE
select
    d.decile,
    cast(sum(d.customers) as bigint) as customers,
    sum(d.predicted * d.customers) / sum(d.customers) as predicted,
    sum(d.actual * d.customers) / sum(d.customers) as actual
from backtest.deciles as d
cross join backtest.summary as s
where d.target = 'value' and d.model = s.incumbent
group by d.decile
order by d.decile
