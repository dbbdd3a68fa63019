-- question: Which models were fitted for this snapshot, on how many customers, and how did the fit end?
-- filters: none
-- columns: target VARCHAR, model VARCHAR, engine VARCHAR, status VARCHAR, message VARCHAR, n_customers BIGINT, log_likelihood DOUBLE, parameters VARCHAR, time_unit VARCHAR, fitted_on DATE
select
    target,
    model,
    engine,
    status,
    message,
    cast(n_customers as bigint) as n_customers,
    cast(log_likelihood as double) as log_likelihood,
    cast(parameters as varchar) as parameters,
    time_unit,
    fitted_on
from meta.models
order by target
