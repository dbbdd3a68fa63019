-- question: Which models were fitted to all customers of this snapshot, with what parameters?
-- filters: none
-- columns: target VARCHAR, model VARCHAR, engine VARCHAR, status VARCHAR, message VARCHAR, n_customers BIGINT, log_likelihood DOUBLE, parameters VARCHAR, standard_errors VARCHAR, at_bound BOOLEAN, time_unit VARCHAR
select
    target,
    model,
    engine,
    status,
    message,
    cast(n_customers as bigint) as n_customers,
    cast(log_likelihood as double) as log_likelihood,
    cast(parameters as varchar) as parameters,
    cast(standard_errors as varchar) as standard_errors,
    at_bound,
    time_unit
from meta.models
order by target, model
