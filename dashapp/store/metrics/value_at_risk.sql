-- label: Value at risk
-- unit: money
-- better: down
-- definition: Value that is lost if customers leave as predicted: the chance that a customer does not buy within the horizon times what they would bring if they did.
-- formula: sum of (1 - P(active)) x E(value | active)
-- customers: valued
-- filters: base
-- requires: value
select
    sum(value_at_risk) as value,
    null as low,
    null as high,
    cast(count(value_at_risk) as bigint) as n
from marts.customers
where {where}
