-- question: At the end of each quarter, how many products were in which stage, and in which the quarter before?
-- grain: a quarter, a stage then and a stage before
-- filters: none
-- columns: quarter DATE, month DATE, previous_stage VARCHAR, stage VARCHAR, products BIGINT
-- month: first day of the last whole month known of the quarter; previous_stage is null for products new to the list.
select
    quarter,
    max(month) over (partition by quarter) as month,
    previous_stage,
    stage,
    products
from (
    select quarter, max(month) as month, previous_stage, stage, count(*) as products
    from marts.product_transitions
    group by quarter, previous_stage, stage
) as moves
order by quarter, previous_stage nulls first, stage
