-- grain: rule x evidence x customer id, for evidence that two or more ids of the customer list share
-- doubt: why it says nothing about a person; null where it does. many: more than 20 ids share it, like the mailbox of a
-- firm or a name put in for none; chance: so common a name meets itself on a day now and then.
with claims as (
    select 'same_email' as rule, email as evidence, customer_id
    from staging.customer_identities
    where email is not null
    union all
    select 'same_name_and_mailbox', concat_ws(', ', person_name, nullif(country, ''), mailbox || '@'), customer_id
    from staging.customer_identities
    where person_name is not null and mailbox is not null
    union all
    select 'same_name_and_day', concat_ws(', ', person_name, nullif(country, ''), signed_up_on), customer_id
    from staging.customer_identities
    where person_name is not null and signed_up_on is not null
),
shared as (
    select rule, evidence, cast(count(*) as integer) as bearers
    from claims
    group by rule, evidence
    having count(*) > 1
),
meetings as (
    select concat_ws(', ', person_name, nullif(country, ''), signed_up_on) as evidence
    from staging.chance_meetings
)
select
    claims.rule,
    claims.evidence,
    claims.customer_id,
    case
        when shared.bearers > 20 then 'many'
        when claims.rule = 'same_name_and_day' and meetings.evidence is not null then 'chance'
    end as doubt
from claims
inner join shared on shared.rule = claims.rule and shared.evidence = claims.evidence
left join meetings on meetings.evidence = claims.evidence
