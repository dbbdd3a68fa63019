-- question: What are net sales by month when a refund counts where it happened, and when it counts where the order did?
-- grain: a way to date refunds and a month
-- filters: none
-- kept: {"dated": "refund"}
-- columns: dated VARCHAR, month DATE, gross_sales DECIMAL(18,2), refunds_by_refund DECIMAL(18,2), refunds_by_order DECIMAL(18,2), net_by_refund DECIMAL(18,2), net_by_order DECIMAL(18,2), unlinked_refunds DECIMAL(18,2)
-- $dated says which of the two the reader looks at. Refunds are negative; one whose order cannot be told stays in its
-- own month both ways, so that both add up to the same net sales.
with moves as (
    select date_trunc('month', order_date) as month, gross_sales, 0 as by_refund, 0 as by_order, 0 as unlinked
    from marts.customer_days
    union all
    select
        date_trunc('month', refund_date), 0, amount, 0, if(refunded_order_date is null, amount, 0)
    from marts.refunds
    union all
    select date_trunc('month', coalesce(refunded_order_date, refund_date)), 0, 0, amount, 0
    from marts.refunds
)
select
    cast($dated as varchar) as dated,
    cast(month as date) as month,
    cast(sum(gross_sales) as decimal(18, 2)) as gross_sales,
    cast(sum(by_refund) as decimal(18, 2)) as refunds_by_refund,
    cast(sum(by_order) as decimal(18, 2)) as refunds_by_order,
    cast(sum(gross_sales + by_refund) as decimal(18, 2)) as net_by_refund,
    cast(sum(gross_sales + by_order) as decimal(18, 2)) as net_by_order,
    cast(sum(unlinked) as decimal(18, 2)) as unlinked_refunds
from moves
group by month
order by month
