-- grain: customer x kind x word: what the search looks through, a word once for all who bear it
-- sort: kind, word, customer_key
-- mends: customer_key
-- customer_key UINTEGER: as in marts.customers
-- kind VARCHAR: id, name or email
-- word VARCHAR: in small letters without accents; an id and an e-mail address whole, a name word by word; personal data unless kind is id
-- Accents are looked for only where a word has more bytes than letters: a row of `translate` costs as much as 20 others.
-- Sorted so, the few words of a million names are a small dictionary, and a beginning is a narrow range of rows.
select
    customer_key,
    kind,
    word
from (
    select
        customer_key,
        kind,
        unnest(case when kind = 'name' then list_distinct(string_split(plain, ' ')) else [plain] end) as word
    from (
        select
            customer_key,
            kind,
            case
                when strlen(word) = length(word) then lower(word)
                else translate(
                    lower(word),
                    'àáâãäåāăąçćĉċčďèéêëēĕėęěĝğġģĥìíîïĩīĭįĵķĺļľñńņňòóôõöōŏőŕŗřśŝşšţťùúûüũūŭůűųŵýÿŷźżžșț',
                    'aaaaaaaaacccccdeeeeeeeeegggghiiiiiiiijklllnnnnoooooooorrrssssttuuuuuuuuuuwyyyzzzst'
                )
            end as plain
        from (
            select customer_key, 'id' as kind, customer_id as word from marts.customers
            union all
            select customer_key, 'email' as kind, email as word from marts.customers
            union all
            select customer_key, 'name' as kind, customer_name as word from marts.customers
        ) as texts
        where word is not null
    ) as plain_texts
) as words
where word <> ''
