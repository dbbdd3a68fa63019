-- question: How does what the present customers will buy split by channel or country, and how right was the model about each part before?
-- grain: a channel or country of the first purchase, in one month after the data
-- filters: none
-- columns: month DATE, name VARCHAR, customers BIGINT, sales DOUBLE, cut_offs DATE[], errors DOUBLE[], tested BIGINT
-- errors: of the part's value over the horizon at each cut-off, predicted over what came, less 1; tested: its customers
-- at the cut-off with the fewest, null where it was never judged.
with judged as (
    select
        p.name,
        list(o.cut_off order by o.cut_off) as cut_offs,
        list(case when p.actual > 0 then p.predicted / p.actual - 1 end order by o.cut_off) as errors,
        min(p.customers) as tested
    from backtest.parts as p
    inner join backtest.origins as o on o.origin = p.origin
    where p.kind = $kind
    group by p.name
)
select f.month, f.name, f.customers, f.sales, judged.cut_offs, judged.errors, judged.tested
from marts.sales_forecast_parts as f
left join judged on judged.name = f.name
where f.kind = $kind
order by f.month, f.customers desc, f.name
