-- question: Which rules for using predicted values hold on these data, and when will the others?
-- filters: none
-- columns: rule VARCHAR, title VARCHAR, passed BOOLEAN, consequence VARCHAR, measured DOUBLE, needed DOUBLE, sentence VARCHAR, days_until INTEGER
select rule, title, passed, consequence, measured, needed, sentence, days_until
from meta.validity
order by position
