-- question: What are the customers under the filters worth, by the curve that their future follows?
-- filters: base
-- where: c
-- columns: curve INTEGER, customers BIGINT, clv DOUBLE, square DOUBLE
-- square is the sum of value times order value: how much of what chance does cannot even out
select
    v.curve,
    count(*) as customers,
    sum(c.clv) as clv,
    sum(c.clv * c.expected_order_value) as square
from marts.customers as c
inner join marts.value_cells as v on v.frequency = c.frequency and v.T_days = c.T_days
where {where} and c.clv is not null
group by v.curve
order by v.curve
