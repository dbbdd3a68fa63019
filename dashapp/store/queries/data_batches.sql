-- question: Which deliveries is this snapshot made of, and is every line and every amount of them accounted for?
-- filters: none
-- columns: entity VARCHAR, file_name VARCHAR, source VARCHAR, loaded_at VARCHAR, physical_lines BIGINT, header_lines BIGINT, blank_lines BIGINT, accepted_lines BIGINT, rejected_lines BIGINT, raw_amount DECIMAL(18,2), accepted_amount DECIMAL(18,2), rejected_amount DECIMAL(18,2), batch_id VARCHAR
select
    entity,
    file_name,
    source,
    cast(loaded_at as varchar) as loaded_at,
    cast(physical_lines as bigint) as physical_lines,
    cast(header_lines as bigint) as header_lines,
    cast(blank_lines as bigint) as blank_lines,
    cast(accepted_lines as bigint) as accepted_lines,
    cast(rejected_lines as bigint) as rejected_lines,
    cast(raw_amount as decimal(18, 2)) as raw_amount,
    cast(accepted_amount as decimal(18, 2)) as accepted_amount,
    cast(rejected_amount as decimal(18, 2)) as rejected_amount,
    batch_id
from meta.batches
order by loaded_at desc, entity, file_name
