-- title: Few lines are rejected
-- dimension: conformity
-- severity: stop
-- table: meta.batches
-- help: More rows were refused than the setting max_reject_share allows (one in ten unless it was changed); rows that a source leaves out by a declared rule do not count. The import wizard and `python -m etl plan` show the refused rows by reason; correct the file, or how it is read.
select
    batch.entity,
    sum(batch.rejected_rows - batch.replayed_rows - batch.left_out_rows) as rejected_rows,
    sum(batch.accepted_rows) as accepted_rows,
    sum(batch.rejected_amount - coalesce(batch.replayed_amount, 0)) as amount
from meta.batches as batch
group by batch.entity
having sum(batch.rejected_rows - batch.replayed_rows - batch.left_out_rows)
    > (select max_reject_share from run.policy)
    * (sum(batch.accepted_rows) + sum(batch.rejected_rows - batch.replayed_rows - batch.left_out_rows))
