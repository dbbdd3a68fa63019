-- grain: kind of line x sign of its money: what the books of the reconciliation need of all lines
-- sort: kind, direction
-- mends: all
-- kind VARCHAR: as in marts.order_lines
-- direction TINYINT: sign of the amount
-- lines BIGINT: lines of the kind and sign
-- amount DECIMAL(18,2): their money, in cents per line
-- exact_amount DECIMAL(38,7): quantity x unit_price, not rounded
-- rounding DECIMAL(38,7): amount less exact_amount
-- costed_lines BIGINT: of these lines, with a margin
-- uncosted_amount DECIMAL(18,2): money of the others; null where there are none
-- cost DECIMAL(18,2): amount less margin of those with one; null where there are none
select
    kind,
    cast(sign(amount) as tinyint) as direction,
    count(*) as lines,
    cast(sum(amount) as decimal(18, 2)) as amount,
    cast(sum(quantity * unit_price) as decimal(38, 7)) as exact_amount,
    cast(sum(cast(amount as decimal(38, 7)) - quantity * unit_price) as decimal(38, 7)) as rounding,
    count(margin) as costed_lines,
    cast(sum(case when margin is null then amount end) as decimal(18, 2)) as uncosted_amount,
    cast(sum(amount - margin) as decimal(18, 2)) as cost
from staging.order_lines
group by kind, sign(amount)
