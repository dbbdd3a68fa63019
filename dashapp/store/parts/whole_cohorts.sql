-- Cohorts of whole months that lie in the period, where the smaller table knows every chosen filter; else none.
(
    select *
    from marts.cohorts
    where {in_cube} and {cube_where} and cohort_month between $whole_start and $whole_end
        and exists (select 1 from marts.customer_months)
) as whole_cohorts
