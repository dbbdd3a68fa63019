-- question: On which days are the segments of all customers known?
-- filters: none
-- columns: as_of DATE
select as_of
from marts.segment_days
order by as_of desc
