-- question: Which rules were checked on this snapshot, which failed, and how badly?
-- filters: none
-- columns: check_id VARCHAR, title VARCHAR, severity VARCHAR, status VARCHAR, offending_rows BIGINT, checked_rows BIGINT, amount DECIMAL(28,2), dimension VARCHAR, table_name VARCHAR, help VARCHAR
select
    check_id,
    title,
    severity,
    status,
    cast(offending_rows as bigint) as offending_rows,
    cast(checked_rows as bigint) as checked_rows,
    cast(amount as decimal(28, 2)) as amount,
    dimension,
    table_name,
    help
from quality.check_results
order by
    case status when 'failed' then 0 when 'warning' then 1 else 2 end,
    case severity when 'stop' then 0 when 'warn' then 1 else 2 end,
    check_id
