-- question: At which cut-offs was tested, on whom, and what came after each?
-- filters: none
-- columns: origin BIGINT, cut_off DATE, holdout_until DATE, customers BIGINT, active_customers BIGINT, purchases BIGINT, value DOUBLE, later_customers BIGINT, later_value DOUBLE
select origin, cut_off, holdout_until, customers, active_customers, purchases, value, later_customers, later_value
from backtest.origins
order by origin
