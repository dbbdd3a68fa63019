-- grain: line that gives money or goods back x order it refunds; pieces nobody sold are a row without an order
-- sort: refund_date, batch_id, line_number, refunded_order_id
-- mends: all
-- order_id VARCHAR: the document of the refund, as delivered
-- customer_key UINTEGER: null without a customer
-- product_key UINTEGER: null without a product
-- refund_date DATE: shop-local day
-- quantity DECIMAL(12,3): as delivered, negative for goods back; shared out where a line refunds several orders
-- amount DECIMAL(16,2): the same for the money; adds up to the negative lines of marts.order_lines
-- kind VARCHAR: of the line: return, charge, adjustment
-- refunded_order_id VARCHAR: the order it refunds; null where that cannot be told
-- refunded_order_date DATE: day of that order
-- days_after INTEGER: days from the order to the refund
-- linked_by VARCHAR: reference (the line names the order), match (newest earlier purchase of the product by the customer)
-- batch_id VARCHAR: delivery it came with
-- line_number BIGINT: physical line of the delivered file
select
    order_id,
    customer_key,
    product_key,
    order_date as refund_date,
    cast(share as decimal(12, 3)) as quantity,
    -- Shares are differences of running sums, so that the cents of a line add up to the line.
    cast(
        case
            when quantity = share then amount
            else round(amount * (running / quantity), 2) - round(amount * ((running - share) / quantity), 2)
        end as decimal(16, 2)
    ) as amount,
    kind,
    refunded_order_id,
    refunded_order_date,
    cast(date_diff('day', refunded_order_date, order_date) as integer) as days_after,
    linked_by,
    batch_id,
    line_number
from (
    select
        parts.*,
        sum(share) over (
            partition by batch_id, line_number
            order by refunded_order_date desc nulls last, refunded_order_id desc nulls last rows unbounded preceding
        ) as running
    from (
        select
            line.batch_id, line.line_number, line.order_id, line.order_date, line.customer_key, line.product_key,
            line.quantity, line.amount, line.kind,
            coalesce(-link.pieces, line.quantity) as share,
            case when line.named_order_date is not null then line.named_order_id else link.refunded_order_id end
                as refunded_order_id,
            coalesce(line.named_order_date, link.refunded_order_date) as refunded_order_date,
            case
                when line.named_order_date is not null then 'reference'
                when link.refunded_order_id is not null then 'match'
            end as linked_by
        from staging.refund_lines as line
        left join staging.refund_links as link
            on link.batch_id = line.batch_id and link.line_number = line.line_number
        union all
        select
            line.batch_id, line.line_number, line.order_id, line.order_date, line.customer_key, line.product_key,
            line.quantity, line.amount, line.kind,
            line.quantity + linked.pieces as share,
            cast(null as varchar) as refunded_order_id,
            cast(null as date) as refunded_order_date,
            cast(null as varchar) as linked_by
        from staging.refund_lines as line
        inner join (
            select batch_id, line_number, sum(pieces) as pieces
            from staging.refund_links
            group by batch_id, line_number
        ) as linked on linked.batch_id = line.batch_id and linked.line_number = line.line_number
        where line.quantity + linked.pieces < 0
    ) as parts
) as shares
