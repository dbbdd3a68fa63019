-- grain: name, country and day of signing up that two or more ids share, where so common a name may meet itself by chance
-- By chance a country of n ids has n x p bearers of a name, p the product of the shares of its words among all names, and
-- (n x p)^2 / 2 pairs of them, of which the share sum(share of the day ^ 2) signed up on one day. The person in question
-- counts once, and words are taken as independent. A name is kept as evidence where it expects less than its part of
-- 0.05 such pairs: so in one shop out of twenty, chance alone makes a pair.
with named as (
    select customer_id, person_name, country, signed_up_on
    from staging.customer_identities
    where person_name is not null and signed_up_on is not null
),
meetings as (
    select person_name, country, signed_up_on
    from named
    group by person_name, country, signed_up_on
    having count(*) > 1
),
countries as (
    select country, sum(ids) as people, sum(ids * ids) / (sum(ids) * sum(ids)) as same_day
    from (
        select country, cast(count(*) as double) as ids from named group by country, signed_up_on
    ) as days
    group by country
),
totals as (
    select cast(count(*) as double) as people, count(distinct (person_name, country)) as names from named
),
words as (
    select word, cast(count(*) as double) as bearers
    from (select unnest(string_split(person_name, ' ')) as word from named) as every_word
    group by word
),
shares as (
    select spelled.person_name, product((words.bearers - 1) / totals.people) as share
    from (
        select person_name, unnest(string_split(person_name, ' ')) as word
        from (select distinct person_name from meetings) as met
    ) as spelled
    inner join words on words.word = spelled.word
    cross join totals
    group by spelled.person_name
)
select meetings.person_name, meetings.country, meetings.signed_up_on
from meetings
inner join shares on shares.person_name = meetings.person_name
inner join countries on countries.country = meetings.country
cross join totals
where (countries.people * shares.share) ** 2 / 2 * countries.same_day * totals.names >= 0.05
