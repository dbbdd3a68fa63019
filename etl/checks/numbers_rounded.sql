-- title: Numbers fit without rounding
-- dimension: conformity
-- severity: info
-- table: meta.batches
-- help: Prices and costs are kept with four digits behind the point, quantities with three, other money with two. These files say more digits in so many rows: they count rounded.
select entity, file_name, rounded_rows
from meta.batches
where rounded_rows > 0
