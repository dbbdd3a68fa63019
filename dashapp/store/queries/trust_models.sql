-- question: With which parameters was this snapshot scored, and how sure are they?
-- filters: none
-- columns: target VARCHAR, model VARCHAR, status VARCHAR, message VARCHAR, n_customers BIGINT, log_likelihood DOUBLE, time_unit VARCHAR, parameters VARCHAR, standard_errors VARCHAR, fitted VARCHAR
select target, model, status, message, n_customers, log_likelihood, time_unit, parameters, standard_errors, fitted
from meta.models
order by target
