-- grain: one row per customer with a purchase: quintile scores, 5 is best; equal values get equal scores
-- percent_rank rather than ntile: ntile would split the many equal one-time buyers at random.
select
    customer_key,
    cast(least(5, 1 + floor(5 * recent)) as tinyint) as r_score,
    cast(least(5, 1 + floor(5 * frequent)) as tinyint) as f_score,
    cast(least(5, 1 + floor(5 * valuable)) as tinyint) as m_score,
    -- Frequency and money in one score, halves rounded up.
    cast(floor((least(5, 1 + floor(5 * frequent)) + least(5, 1 + floor(5 * valuable)) + 1) / 2.0) as tinyint)
        as fm_score
from (
    select
        rfm.customer_key,
        percent_rank() over (order by rfm.days_since_last_order desc) as recent,
        percent_rank() over (order by totals.order_count asc) as frequent,
        percent_rank() over (order by totals.net_sales asc) as valuable
    from staging.rfm as rfm
    inner join staging.customer_totals as totals on totals.customer_key = rfm.customer_key
) as ranks
