-- title: No line is rejected
-- dimension: conformity
-- severity: warn
-- table: meta.batches
-- action: quarantine
-- help: Some lines could not be used (those a source leaves out by a declared rule are not meant). They are kept with file, line number and reason; correct and load them again.
select
    batch_id,
    entity,
    file_name,
    rejected_rows - replayed_rows - left_out_rows as rejected_rows,
    rejected_amount - coalesce(replayed_amount, 0) as amount
from meta.batches
where rejected_rows > replayed_rows + left_out_rows
