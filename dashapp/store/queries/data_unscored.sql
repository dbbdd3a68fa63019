-- question: Why do some customers have no score?
-- filters: none
-- columns: reason VARCHAR, customers BIGINT
select reason, cast(count(*) as bigint) as customers
from quality.unscored_customers
group by reason
order by customers desc, reason
