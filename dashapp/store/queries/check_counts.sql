-- question: How many quality checks ran on this snapshot, and how many of them failed?
-- columns: total BIGINT, failed BIGINT
select
    count(*) as total,
    count(*) filter (where status = 'failed' and severity <> 'info') as failed
from quality.check_results
