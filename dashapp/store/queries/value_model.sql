-- question: How do customers leave, and what may be expected of one who has just come?
-- filters: none
-- columns: leaves_by_purchase BOOLEAN, customers_leave BOOLEAN, newcomer DOUBLE[], newcomer_order_value DOUBLE, time_terms INTEGER
select leaves_by_purchase, customers_leave, newcomer, newcomer_order_value, time_terms
from marts.value_model
