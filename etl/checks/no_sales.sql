-- title: There is at least one sale
-- dimension: completeness
-- severity: stop
-- table: staging.observation
-- scope: row
-- help: Not one line has a quantity and a price above zero. Check the column mapping, the decimal separator and the sign of quantities.
observed_until is null
