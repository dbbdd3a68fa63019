-- question: On which days are the segments of all customers known?
-- filters: none
-- columns: as_of DATE
select distinct as_of
from marts.segment_history
order by as_of desc
