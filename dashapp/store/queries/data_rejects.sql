-- question: What do lines that were set aside look like, and where are they in their file?
-- filters: none
-- columns: file_name VARCHAR, line_number BIGINT, reasons VARCHAR, columns VARCHAR, amount DECIMAL(28,2), raw_row VARCHAR
select
    file_name,
    cast(line_number as bigint) as line_number,
    reasons,
    array_to_string(columns, ', ') as columns,
    cast(amount as decimal(28, 2)) as amount,
    raw_row
from quality.rejects
order by file_name, line_number
limit 100
