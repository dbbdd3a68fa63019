-- question: Which rows of this snapshot does a rule find fault with?
-- filters: none
-- columns: row_json VARCHAR
-- At most a hundred are kept per rule.
select row_json
from quality.offending_rows
where check_id = $check_id
order by row_json
