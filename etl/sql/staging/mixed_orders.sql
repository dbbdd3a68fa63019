-- grain: order x customer x day whose lines differ in country or channel, or say it only in part: what holds for the whole
-- mends: order_date
-- Few orders do. Looking them up is cheaper than a window over every line, and only the lines of an order number with
-- several of them are looked at closely.
select
    line.order_id,
    coalesce(linked.counted_as, line.customer_id) as customer_id,
    cast(line.ordered_at as date) as order_date,
    min(line.country) as country,
    min(line.channel) as channel
from raw.order_lines as line
semi join (
    select order_id
    from (select distinct order_id, country, channel from raw.order_lines) as told
    group by order_id
    having count(*) > 1
) as several on several.order_id = line.order_id
left join (
    select customer_id, counted_as from staging.customer_ids where customer_id <> counted_as
) as linked on linked.customer_id = line.customer_id
group by line.order_id, coalesce(linked.counted_as, line.customer_id), cast(line.ordered_at as date)
having
    min(line.country) <> max(line.country) or count(line.country) between 1 and count(*) - 1
    or min(line.channel) <> max(line.channel) or count(line.channel) between 1 and count(*) - 1
