-- question: Who bears every word of a search, and how well: place 0 the same, 1 begins with it, 2 contains it?
-- columns: customer_key UINTEGER, place TINYINT
-- Without $contact names and addresses are not looked at. An address is found by its beginning only.
-- One branch a kind: so each is a range of the table, and the words of names are compared once, not once a customer.
-- Only who bears the first word is looked at for the others: of those a single letter would find nearly everybody.
with hits as (
    select word, customer_key
    from marts.customer_words
    where kind = 'id'
        and contains(word, $word_1)
    union all
    select word, customer_key
    from marts.customer_words
    where kind = 'name' and $contact
        and contains(word, $word_1)
    union all
    select word, customer_key
    from marts.customer_words
    where kind = 'email' and $contact
        and starts_with(word, $word_1)
),
firsts as (
    select
        customer_key,
        min(
            case
                when word = $word_1 then 0
                when starts_with(word, $word_1) then 1
                when contains(word, $word_1) then 2
            end
        ) as place_1
    from hits
    group by customer_key
),
further as (
    select word, customer_key
    from marts.customer_words
    where kind = 'id'
        and (
            contains(word, $word_2)
            or contains(word, $word_3)
            or contains(word, $word_4)
        )
    union all
    select word, customer_key
    from marts.customer_words
    where kind = 'name' and $contact
        and (
            contains(word, $word_2)
            or contains(word, $word_3)
            or contains(word, $word_4)
        )
    union all
    select word, customer_key
    from marts.customer_words
    where kind = 'email' and $contact
        and (
            starts_with(word, $word_2)
            or starts_with(word, $word_3)
            or starts_with(word, $word_4)
        )
),
others as (
    select
        customer_key,
        min(
            case
                when word = $word_2 then 0
                when starts_with(word, $word_2) then 1
                when contains(word, $word_2) then 2
            end
        ) as place_2,
        min(
            case
                when word = $word_3 then 0
                when starts_with(word, $word_3) then 1
                when contains(word, $word_3) then 2
            end
        ) as place_3,
        min(
            case
                when word = $word_4 then 0
                when starts_with(word, $word_4) then 1
                when contains(word, $word_4) then 2
            end
        ) as place_4
    from further
    where cast($word_2 as varchar) is not null and customer_key in (select customer_key from firsts)
    group by customer_key
)
select firsts.customer_key, cast(greatest(place_1, place_2, place_3, place_4) as tinyint) as place
from firsts
left join others on others.customer_key = firsts.customer_key
where (cast($word_2 as varchar) is null or place_2 is not null)
    and (cast($word_3 as varchar) is null or place_3 is not null)
    and (cast($word_4 as varchar) is null or place_4 is not null)
