-- grain: one row per customer that is not in the customer list, or whose number stands for no customer
-- Only the odd ones: few against the customers of a large shop, so joining them to all order lines is cheap.
-- A customer of several linked ids is listed where one of them is, and odd where one of them stands for no customer.
select
    customer_key,
    bool_and(is_unlisted) as is_unlisted,
    bool_or(is_placeholder) as is_placeholder
from (
    select
        ids.customer_key,
        lists.has_list and listed.customer_id is null as is_unlisted,
        regexp_full_match(
            lower(ids.customer_id),
            '0+|-1|9{4,}|-+|[?]+|x{2,}|null|none|nan|n/a|#n/a|unknown|guest|anonymous|test'
        ) as is_placeholder
    from staging.customer_ids as ids
    cross join (select exists (select 1 from staging.customer_list) as has_list) as lists
    left join staging.customer_list as listed on listed.customer_id = ids.customer_id
) as judged
group by customer_key
having bool_and(is_unlisted) or bool_or(is_placeholder)
