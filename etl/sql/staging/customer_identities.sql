-- grain: one row per customer id of the customer list: what it would have in common with another id of the same person
-- email: lower case, without blanks; gmail.com and googlemail.com are one, where dots and what follows a + say nothing.
-- person_name: lower case, without accents and punctuation, the words in alphabetical order: Lee, Ann is Ann Lee.
-- country: empty where the list has none, so that a list without countries is one country.
select
    customer_id,
    case
        when mailbox is null then null
        when domain in ('gmail.com', 'googlemail.com') then replace(split_part(mailbox, '+', 1), '.', '') || '@gmail.com'
        else mailbox || '@' || domain
    end as email,
    case when domain in ('gmail.com', 'googlemail.com') then replace(split_part(mailbox, '+', 1), '.', '') else mailbox end
        as mailbox,
    case when len(words) > 0 then array_to_string(list_sort(words), ' ') end as person_name,
    country,
    signed_up_on
from (
    select
        customer_id,
        case when is_address then split_part(address, '@', 1) end as mailbox,
        case when is_address then split_part(address, '@', 2) end as domain,
        words,
        country,
        signed_up_on
    from (
        select
            customer_id,
            lower(trim(email)) as address,
            regexp_full_match(lower(trim(email)), '[^@\s]+@[^@\s]+[.][^@\s]+') as is_address,
            regexp_extract_all(strip_accents(lower(customer_name)), '[\p{L}\p{N}]+') as words,
            coalesce(country, '') as country,
            signed_up_on
        from staging.customer_list
    ) as plain
) as parts
