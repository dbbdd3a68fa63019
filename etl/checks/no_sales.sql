-- title: There is at least one sale
-- dimension: completeness
-- severity: stop
-- table: staging.observation
-- help: Not one line has a quantity and a price above zero. Check the column mapping, the decimal separator and the sign of quantities.
select observed_from, observed_until
from staging.observation
where observed_until is null
