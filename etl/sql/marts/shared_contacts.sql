-- grain: one row per rule and value that customer ids share and that tells no person
-- sort: rule, evidence
-- mends: all
-- rule VARCHAR: as in marts.duplicate_candidates
-- evidence VARCHAR: what they share, in its normal form; personal data
-- customers INTEGER: customer ids of the customer list that share it
-- doubt VARCHAR: many: more than 20 share it; chance: the name is so common that two bearers sign up on one day by chance
select
    rule,
    evidence,
    cast(count(*) as integer) as customers,
    doubt
from staging.shared_identities
where doubt is not null
group by rule, evidence, doubt
