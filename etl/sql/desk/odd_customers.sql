-- grain: one row per customer that is not in the customer list, or whose number stands for no customer
-- Only the odd ones: few against the customers of a large shop, so joining them to all order lines is cheap.
select customer_key, is_unlisted, is_placeholder
from (
    select
        keys.customer_key,
        lists.has_list and listed.customer_id is null as is_unlisted,
        regexp_full_match(
            lower(keys.customer_id),
            '0+|-1|9{4,}|-+|[?]+|x{2,}|null|none|nan|n/a|#n/a|unknown|guest|anonymous|test'
        ) as is_placeholder
    from staging.customer_keys as keys
    cross join (select exists (select 1 from staging.customer_list) as has_list) as lists
    left join staging.customer_list as listed on listed.customer_id = keys.customer_id
) as judged
where is_unlisted or is_placeholder
