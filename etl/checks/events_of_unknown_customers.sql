-- title: Events belong to customers who bought
-- dimension: consistency
-- severity: info
-- table: marts.engagement_events
-- help: These customers have events but no order lines in the data.
select keys.customer_id, count(*) as events
from marts.engagement_events as events
inner join staging.customer_keys as keys on keys.customer_key = events.customer_key
left join staging.rfm as rfm on rfm.customer_key = events.customer_key
where rfm.customer_key is null
group by keys.customer_id
