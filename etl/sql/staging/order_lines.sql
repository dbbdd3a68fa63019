-- grain: one accepted line of the delivery; exact duplicates are kept (etl/checks/duplicate_lines.sql counts them)
-- mends: order_date
-- An order lies in one country and one channel: the lexically first of its lines, else the customer list's, else Unknown.
-- Cost: the line's own, else the one valid on the day of the line, else the product's single one. The margin multiplies
-- once: a difference of two products is counted in 128 bits and costs a third of this table.
-- Text that few read stays in the lake, where batch and line find it, or with the product: compressing it took a quarter
-- of this table's time.
-- kind: a charge code is a charge; goods out for a price are a sale; goods back for a price are a return; the rest
-- (no quantity, no price, negative price) is an adjustment. A price of zero is a sale only where the source says so.
select
    line.batch_id,
    line.line_number,
    line.order_id,
    line.ordered_at,
    cast(line.ordered_at as date) as order_date,
    keys.customer_key,
    product.product_key,
    coalesce(mixed.country, line.country, customer.country, 'Unknown') as country,
    coalesce(mixed.channel, line.channel, customer.channel, 'Unknown') as channel,
    line.quantity,
    line.unit_price,
    cast(line.quantity * line.unit_price as decimal(16, 2)) as amount,
    case
        when not inputs.has_costs then null
        when coalesce(product.is_charge, false) then cast(line.quantity * line.unit_price as decimal(16, 2))
        else cast(
            line.quantity * (line.unit_price - coalesce(line.unit_cost, cost.unit_cost, product.unit_cost))
            as decimal(16, 2)
        )
    end as margin,
    case
        when coalesce(product.is_charge, false) then 'charge'
        when line.quantity > 0 and line.unit_price > 0 then 'sale'
        when line.quantity > 0 and line.unit_price = 0 and policy.zero_price_is_purchase then 'sale'
        when line.quantity < 0 and line.unit_price > 0 then 'return'
        else 'adjustment'
    end as kind,
    line.refunded_order_id
from raw.order_lines as line
cross join run.policy as policy
cross join staging.inputs as inputs
left join staging.customer_ids as keys on keys.customer_id = line.customer_id
left join staging.mixed_orders as mixed
    on mixed.order_id = line.order_id
    and mixed.customer_id is not distinct from keys.counted_as
    and mixed.order_date = cast(line.ordered_at as date)
left join staging.customer_list as customer on customer.customer_id = line.customer_id
left join staging.products as product on product.product_id = line.product_id
left join staging.costs as cost
    on cost.product_id = line.product_id
    and cost.valid_from <= cast(line.ordered_at as date)
    and coalesce(cost.valid_to, cast('9999-12-31' as date)) >= cast(line.ordered_at as date)
