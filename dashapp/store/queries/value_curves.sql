-- question: Which shapes can a customer's future have?
-- filters: none
-- columns: shape DOUBLE[], slopes DOUBLE[], spread DOUBLE
select shape, slopes, spread
from marts.value_curves
order by curve
