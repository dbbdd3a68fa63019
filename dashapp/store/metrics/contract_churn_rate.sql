-- label: Contract churn rate
-- unit: share
-- better: down
-- definition: Share of the contracts running when the period began that ended within it. Counted, not predicted; a contract that began within the period does not count.
-- formula: contracts ended in the period / contracts running on the day before it
-- customers: none
-- filters: all
-- requires: contracts
select
    avg(cast(coalesce(cancelled_on <= $period_end, false) as double)) as value,
    null as low,
    null as high,
    cast(count(*) as bigint) as n
from (
    select
        contracts.started_on, contracts.cancelled_on, customer_key, customers.country, customers.channel,
        customers.segment, $period_start as order_date
    from marts.contracts as contracts
    left join marts.customers as customers using (customer_key)
) as held
where {where} and started_on < $period_start and coalesce(cancelled_on >= $period_start, true)
