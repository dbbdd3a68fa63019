-- question: What will the present customers buy in each month after the data, and how far off was the model in its test?
-- filters: none
-- columns: month DATE, customers BIGINT, sales DOUBLE, low DOUBLE, high DOUBLE, bias_pct DOUBLE
-- bias_pct: of the value of everybody over the horizon, predicted against what came, mean of the cut-offs.
select
    f.month, f.customers, f.sales, f.low, f.high,
    (
        select any_value(m.value)
        from backtest.metrics as m
        inner join backtest.summary as s on s.incumbent = m.predictor
        where m.origin = 0 and m.target = 'value' and m.metric = 'bias_pct'
    ) as bias_pct
from marts.sales_forecasts as f
order by f.month
