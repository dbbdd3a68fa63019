-- grain: product x first day of validity; periods of one product never overlap
-- sort: product_key, valid_from
-- mends: all
-- product_key UINTEGER: as in marts.products
-- valid_from DATE: first day
-- valid_to DATE: last day; null while nothing ends it
-- unit_cost DECIMAL(14,4): cost of the period
select
    product.product_key,
    periods.valid_from,
    periods.valid_to,
    periods.unit_cost
from staging.costs as periods
inner join staging.products as product on product.product_id = periods.product_id
