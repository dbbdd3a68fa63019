-- question: How would the customer figures change if every candidate were merged?
-- filters: none
-- columns: measure VARCHAR, as_counted DOUBLE, if_merged DOUBLE
select
    measure,
    as_counted,
    if_merged
from marts.duplicate_sensitivity
order by position
