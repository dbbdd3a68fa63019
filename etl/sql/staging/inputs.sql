-- grain: one row; which optional inputs this delivery has
select
    exists (select 1 from raw.order_lines where unit_cost is not null)
        or exists (select 1 from raw.products where unit_cost is not null)
        or exists (select 1 from raw.costs) as has_costs,
    exists (select 1 from raw.marketing_spend) as has_spend,
    exists (select 1 from raw.engagement_events) as has_events,
    exists (select 1 from raw.contracts) as has_contracts,
    not exists (select 1 from raw.customer_summaries) as has_orders
