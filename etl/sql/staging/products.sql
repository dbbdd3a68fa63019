-- grain: one row per product code, sold or listed, charges included
select
    ids.product_id,
    cast(row_number() over (order by ids.delivery asc, ids.product_id asc) as uinteger) as product_key,
    coalesce(listed.product_name, named.product_name) as product_name,
    listed.category as category,
    listed.unit_price as unit_price,
    listed.unit_cost as unit_cost,
    charges.code is not null as is_charge
from staging.product_arrivals as ids
left join staging.product_list as listed on listed.product_id = ids.product_id
left join staging.product_names as named on named.product_id = ids.product_id
left join run.non_product_codes as charges on charges.code = upper(ids.product_id)
