-- grain: one row per identified customer who never bought anything, with the reason
select
    keys.customer_id,
    case
        when totals.customer_key is null then 'no order lines'
        when totals.return_count > 0 then 'only returns, no purchase'
        else 'only charges or adjustments, no purchase'
    end as reason
from staging.customer_keys as keys
left join staging.customer_totals as totals on totals.customer_key = keys.customer_key
left join staging.rfm as rfm on rfm.customer_key = keys.customer_key
where rfm.customer_key is null
