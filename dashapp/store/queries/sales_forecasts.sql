-- question: What will the present customers buy in each month after the data?
-- filters: none
-- columns: month DATE, customers BIGINT, sales DOUBLE, low DOUBLE, high DOUBLE
select month, customers, sales, low, high
from marts.sales_forecasts
order by month
