-- grain: month x country x channel x segment: how many customers changed their state in it
-- sort: month, country, channel, segment
-- mends: all
-- month DATE: first day of the month
-- country VARCHAR: of the first purchase
-- channel VARCHAR: of the first purchase
-- segment VARCHAR: today's
-- new INTEGER: first purchases
-- reactivated INTEGER: bought after having lapsed
-- lapsed INTEGER: who lapsed
-- lapsed_of_before INTEGER: of these, who last came in before the month
-- at_risk INTEGER: who came to be at risk
-- back_in_time INTEGER: bought while at risk
select
    changed.month,
    customer.country,
    customer.channel,
    customer.segment,
    cast(sum(case when changed.state = 'new' then 1 else 0 end) as integer) as new,
    cast(sum(case when changed.state = 'reactivated' then 1 else 0 end) as integer) as reactivated,
    cast(sum(case when changed.state = 'lapsed' then 1 else 0 end) as integer) as lapsed,
    cast(sum(case when changed.state = 'lapsed' and changed.joined_on < changed.month then 1 else 0 end) as integer)
        as lapsed_of_before,
    cast(sum(case when changed.state = 'at_risk' then 1 else 0 end) as integer) as at_risk,
    cast(sum(case when changed.state = 'active' and changed.state_before = 'at_risk' then 1 else 0 end) as integer)
        as back_in_time
from (
    select customer_key, state, state_before, joined_on, cast(date_trunc('month', changed_on) as date) as month
    from marts.state_changes
) as changed
inner join marts.customers as customer on customer.customer_key = changed.customer_key
group by changed.month, customer.country, customer.channel, customer.segment
