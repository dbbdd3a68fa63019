-- question: What could the backtest not do as asked?
-- filters: none
-- columns: note VARCHAR
select note
from backtest.notes
order by position
