-- question: Which models could not be fitted as asked, and why?
-- columns: target VARCHAR, model VARCHAR, status VARCHAR, message VARCHAR
select target, model, status, message
from meta.models
where status <> 'converged'
order by target
