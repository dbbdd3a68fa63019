-- question: Of customers given a probability to buy again, how many did, over all cut-offs?
-- grain: a band of the predicted chance, over all cut-offs
-- filters: none
-- columns: band BIGINT, customers BIGINT, predicted DOUBLE, actual DOUBLE
select
    c.band,
    cast(sum(c.customers) as bigint) as customers,
    sum(c.predicted * c.customers) / sum(c.customers) as predicted,
    sum(c.actual * c.customers) / sum(c.customers) as actual
from backtest.calibration as c
cross join backtest.summary as s
where c.kind = 'active' and c.model = s.incumbent
group by c.band
order by c.band
