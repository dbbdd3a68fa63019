-- title: Few lines are rejected
-- dimension: conformity
-- severity: stop
-- table: meta.batches
-- help: More lines were set aside than max_reject_share allows, those a source leaves out by a declared rule not counted. See the reasons in the reject table; correct the file or the mapping.
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
