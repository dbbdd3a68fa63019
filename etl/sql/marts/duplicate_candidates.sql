-- grain: one row per pair of customer ids that may be one person, and rule that says so
-- sort: customer_id, other_id, rule
-- mends: all
-- customer_id VARCHAR: as delivered, the lexically first of the two
-- other_id VARCHAR: as delivered
-- rule VARCHAR: same_email, same_name_and_mailbox or same_name_and_day (name and country, and the part before the @ or the day they signed up)
-- evidence VARCHAR: what the two share, in its normal form; personal data
-- is_linked BOOLEAN: an operator linked them, directly or through others: they count as one customer already
-- Never merged by itself (docs/adr/0010). Ids outside the customer list have nothing to be compared by.
select
    one.customer_id,
    other.customer_id as other_id,
    one.rule,
    one.evidence,
    one_key.customer_key = other_key.customer_key as is_linked
from staging.shared_identities as one
inner join staging.shared_identities as other
    on other.rule = one.rule and other.evidence = one.evidence and other.customer_id > one.customer_id
inner join staging.customer_ids as one_key on one_key.customer_id = one.customer_id
inner join staging.customer_ids as other_key on other_key.customer_id = other.customer_id
where one.doubt is null
