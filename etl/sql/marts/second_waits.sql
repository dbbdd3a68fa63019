-- grain: days from the first to the second purchase day, or since the first x whether there was a second
-- sort: days, came_back
-- mends: all
-- days BIGINT: to the second purchase day, without one to the last observed day
-- came_back BOOLEAN: there was a second one
-- customers BIGINT: how many
select
    date_diff('day', customer.first_order_date, coalesce(customer.second_order_date, observation.observed_until)) as days,
    customer.second_order_date is not null as came_back,
    count(*) as customers
from marts.customers as customer
cross join staging.observation as observation
group by days, came_back
