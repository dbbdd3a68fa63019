-- question: Why were lines set aside, how many and how much money?
-- filters: none
-- columns: entity VARCHAR, reason VARCHAR, lines BIGINT, amount DECIMAL(28,2)
select
    entity,
    reason,
    cast(lines as bigint) as lines,
    cast(amount as decimal(28, 2)) as amount
from quality.reject_counts
order by lines desc, entity, reason
