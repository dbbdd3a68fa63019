-- question: Who bears words most like those of a search that nobody matches: place is the number of typing errors in all?
-- columns: customer_key UINTEGER, place TINYINT
-- An error is a letter wrong, missing, too much, or swapped with the next: one in a short word or an id, two in others.
-- A word of n letters with k of them wrong has a Jaro similarity of at least 1 - 2k / 3n: a sieve that loses nobody
-- before errors are counted. Without $contact names and addresses are not looked at. Ids and addresses are compared when
-- the search is one word, addresses when it is one, among those with the same first letter.
with hits as (
    select word, customer_key
    from marts.customer_words
    where kind = 'id' and cast($word_2 as varchar) is null
        and jaro_similarity(word, $word_1) >= 0.999 - 2 / (3 * length($word_1))
    union all
    select word, customer_key
    from marts.customer_words
    where kind = 'name' and $contact
        and (
            jaro_similarity(word, $word_1) >= 0.999 - 4 / (3 * length($word_1))
            or jaro_similarity(word, $word_2) >= 0.999 - 4 / (3 * length($word_2))
            or jaro_similarity(word, $word_3) >= 0.999 - 4 / (3 * length($word_3))
            or jaro_similarity(word, $word_4) >= 0.999 - 4 / (3 * length($word_4))
        )
    union all
    select word, customer_key
    from marts.customer_words
    where kind = 'email' and $contact and cast($word_2 as varchar) is null and contains($word_1, '@')
        and starts_with(word, $word_1[1]) and jaro_similarity(word, $word_1) >= 0.999 - 4 / (3 * length($word_1))
),
errors as (
    select
        customer_key,
        min(damerau_levenshtein(word, $word_1)) as errors_1,
        min(damerau_levenshtein(word, $word_2)) as errors_2,
        min(damerau_levenshtein(word, $word_3)) as errors_3,
        min(damerau_levenshtein(word, $word_4)) as errors_4
    from hits
    group by customer_key
)
select
    customer_key,
    cast(errors_1 + coalesce(errors_2, 0) + coalesce(errors_3, 0) + coalesce(errors_4, 0) as tinyint) as place
from errors
where errors_1 <= case when length($word_1) < 5 then 1 else 2 end
    and (cast($word_2 as varchar) is null or errors_2 <= case when length($word_2) < 5 then 1 else 2 end)
    and (cast($word_3 as varchar) is null or errors_3 <= case when length($word_3) < 5 then 1 else 2 end)
    and (cast($word_4 as varchar) is null or errors_4 <= case when length($word_4) < 5 then 1 else 2 end)
order by place, customer_key
limit 100
