-- question: How do the lines and the money of the files become net sales and the margin, and does every step close?
-- grain: a step from the files to the figures
-- filters: none
-- kept: {}
-- columns: section VARCHAR, position INTEGER, part VARCHAR, role VARCHAR, lines BIGINT, amount DECIMAL(38,7), line_difference BIGINT, amount_difference DECIMAL(38,7)
-- The answer kept with the snapshot was asked of the lines of the finished file, whose hash is checked when it is
-- opened.
-- Each section begins with nothing or a total ('from'), adds its steps and ends in a total that another table states
-- ('to'); its differences are what that total holds beyond the steps, and zero where all is well. Lines of the files
-- are physical ones, from 'accepted' on they are rows. The money is exact up to 'counted' and in cents from 'booked' on.
-- Sums are cast to one type first: a union of decimals of two scales keeps the smaller one and drops digits.
with batches as (
    select *, coalesce(replays, '') = '' as is_file
    from meta.batches
    where entity = 'order_lines'
), books as (
    select
        coalesce(sum(physical_lines) filter (is_file), 0) as physical_lines,
        coalesce(sum(header_lines) filter (is_file), 0) as header_lines,
        coalesce(sum(blank_lines) filter (is_file), 0) as blank_lines,
        coalesce(sum(accepted_lines - accepted_rows + rejected_lines - rejected_rows) filter (is_file), 0)
            as further_lines,
        coalesce(sum(rejected_rows - replayed_rows - still_left_out_rows) filter (is_file), 0) as rejected_rows,
        coalesce(sum(still_left_out_rows), 0) as left_out_rows,
        coalesce(sum(replayed_rows), 0) as replayed_rows,
        coalesce(sum(accepted_rows) filter (not is_file), 0) as read_again_rows,
        coalesce(sum(accepted_rows), 0) as accepted_rows,
        coalesce(sum(replaced_rows), 0) as replaced_rows,
        coalesce(sum(raw_amount) filter (is_file), 0) as raw_amount,
        coalesce(sum(rejected_amount) filter (is_file), 0) - coalesce(sum(replayed_amount), 0)
            - coalesce(sum(left_out_amount), 0) as rejected_amount,
        coalesce(sum(left_out_amount), 0) as left_out_amount,
        coalesce(sum(replayed_amount), 0) as replayed_amount,
        coalesce(sum(accepted_amount) filter (not is_file), 0) as read_again_amount,
        coalesce(sum(accepted_amount), 0) as accepted_amount,
        coalesce(sum(replaced_amount), 0) as replaced_amount
    from batches
), keyed as (
    -- Kind and direction as one small number: grouping by text and by a sign cost more than all the sums.
    select
        cast(10 * case kind when 'sale' then 0 when 'return' then 1 when 'charge' then 2 when 'adjustment' then 3 else 4 end
            + case when amount > 0 then 1 when amount < 0 then 2 when amount = 0 then 3 else 4 end as tinyint) as place,
        amount,
        quantity * unit_price as exact_amount,
        margin
    from marts.order_lines
), grouped as materialized (
    select
        place // 10 as kind_place,
        case place % 10 when 1 then 1 when 2 then -1 when 3 then 0 end as direction,
        place // 10 = 1 or place % 10 = 2 as is_refund,
        count(*) as lines,
        cast(sum(amount) as decimal(38, 7)) as amount,
        cast(sum(exact_amount) as decimal(38, 7)) as exact_amount,
        cast(sum(cast(exact_amount as decimal(16, 2))) as decimal(38, 7)) as rounded_amount,
        count(margin) as costed_lines,
        cast(sum(amount) filter (margin is null) as decimal(38, 7)) as uncosted_amount,
        cast(sum(margin) as decimal(38, 7)) as margin
    from keyed
    group by place
), marted as (
    select
        coalesce(sum(lines), 0) as lines,
        coalesce(sum(amount), 0) as amount,
        coalesce(sum(exact_amount), 0) as exact_amount,
        coalesce(sum(rounded_amount - exact_amount), 0) as rounding,
        coalesce(sum(costed_lines), 0) as costed_lines,
        coalesce(sum(uncosted_amount), 0) as uncosted_amount,
        coalesce(sum(amount - coalesce(uncosted_amount, 0) - margin), 0) as cost
    from grouped
), kinds as (
    select kind_place, sum(lines) as lines, sum(amount) as amount
    from grouped
    group by kind_place
), directions as (
    select direction, sum(lines) as lines, sum(amount) as amount
    from grouped
    group by direction
), days as (
    select
        coalesce(sum(lines), 0) as lines,
        cast(coalesce(sum(net_sales), 0) as decimal(38, 7)) as net_sales,
        coalesce(sum(lines) filter (customer_key is not null), 0) as known_lines,
        cast(coalesce(sum(net_sales) filter (customer_key is not null), 0) as decimal(38, 7)) as known_sales,
        coalesce(sum(lines) filter (customer_key is null), 0) as unidentified_lines,
        cast(coalesce(sum(net_sales) filter (customer_key is null), 0) as decimal(38, 7)) as unidentified_sales,
        cast(sum(gross_margin) as decimal(38, 7)) as gross_margin
    from marts.customer_days
), refunded as (
    select is_linked, count(*) as lines, sum(amount) as amount
    from (
        select bool_or(refunded_order_date is not null) as is_linked, cast(sum(amount) as decimal(38, 7)) as amount
        from marts.refunds
        group by batch_id, line_number
    ) as refund_lines
    group by is_linked
), chain as (
    select 'files' as section, 1 as place, 'files' as part, 'from' as role, physical_lines as lines, raw_amount as amount
    from books
    union all select 'files', 2, 'header', 'step', -header_lines, 0 from books
    union all select 'files', 3, 'blank', 'step', -blank_lines, 0 from books
    union all select 'files', 4, 'further_lines', 'step', -further_lines, 0 from books
    union all select 'files', 5, 'rejected', 'step', -rejected_rows, -rejected_amount from books
    union all select 'files', 6, 'left_out', 'step', -left_out_rows, -left_out_amount from books
    union all select 'files', 7, 'replayed', 'step', -replayed_rows, -replayed_amount from books
    union all select 'files', 8, 'read_again', 'step', read_again_rows, read_again_amount from books
    union all select 'files', 9, 'accepted', 'to', accepted_rows, accepted_amount from books
    union all select 'replaced', 10, 'accepted', 'from', accepted_rows, accepted_amount from books
    union all select 'replaced', 11, 'replaced', 'step', -replaced_rows, -replaced_amount from books
    union all select 'replaced', 12, 'counted', 'to', lines, exact_amount from marted
    union all select 'rounding', 13, 'counted', 'from', lines, exact_amount from marted
    union all select 'rounding', 14, 'rounding', 'step', 0, rounding from marted
    union all select 'rounding', 15, 'booked', 'to', lines, amount from marted
    union all
    select 'kinds', 16 + place, kinds_known.kind, 'step', coalesce(kinds.lines, 0), coalesce(kinds.amount, 0)
    from (values (0, 'sale'), (1, 'return'), (2, 'charge'), (3, 'adjustment')) as kinds_known (place, kind)
    left join kinds on kinds.kind_place = kinds_known.place
    union all select 'kinds', 20, 'booked', 'to', lines, amount from marted
    union all
    select 'sales', 21 + place, signs.part, 'step', coalesce(directions.lines, 0), coalesce(directions.amount, 0)
    from (values (0, 1, 'gross_sales'), (1, -1, 'returns'), (2, 0, 'without_money')) as signs (place, direction, part)
    left join directions on directions.direction = signs.direction
    union all select 'sales', 24, 'net_sales', 'to', lines, net_sales from days
    union all select 'orders', 25, 'net_sales', 'from', lines, net_sales from days
    union all select 'orders', 26, 'orders', 'to', coalesce(sum(lines), 0), cast(coalesce(sum(net_sales), 0) as decimal(38, 7))
    from marts.orders
    union all select 'customers', 27, 'known', 'step', known_lines, known_sales from days
    union all select 'customers', 28, 'unidentified', 'step', unidentified_lines, unidentified_sales from days
    union all select 'customers', 29, 'booked', 'to', lines, amount from marted
    union all
    select
        'refunds', 30 + place, links.part, 'step', coalesce(refunded.lines, 0), coalesce(refunded.amount, 0)
    from (values (0, true, 'linked'), (1, false, 'unlinked')) as links (place, is_linked, part)
    left join refunded on refunded.is_linked = links.is_linked
    union all
    select 'refunds', 32, 'refunds', 'to', coalesce(sum(lines), 0), coalesce(sum(amount), 0)
    from grouped
    where is_refund
    union all select 'margin', 33, 'net_sales', 'from', lines, net_sales from days
    union all
    select 'margin', 34, 'uncosted', 'step', costed_lines - lines, if(has_costs, -uncosted_amount, null)
    from marted cross join meta.snapshot
    union all
    select 'margin', 35, 'cost_of_goods', 'step', 0, if(has_costs, -cost, null)
    from marted cross join meta.snapshot
    union all
    select 'margin', 36, 'margin', 'to', costed_lines, if(has_costs, coalesce(days.gross_margin, 0), null)
    from marted cross join days cross join meta.snapshot
), sums as (
    select
        *,
        sum(if(role = 'to', -lines, lines)) over (partition by section) as lines_left,
        sum(if(role = 'to', -amount, amount)) over (partition by section) as amount_left,
        count(*) filter (amount is null) over (partition by section) > 0 as is_open
    from chain
)
select
    section,
    cast(place as integer) as position,
    part,
    role,
    cast(lines as bigint) as lines,
    cast(amount as decimal(38, 7)) as amount,
    cast(case when role = 'to' then -lines_left end as bigint) as line_difference,
    cast(case when role = 'to' and not is_open then -amount_left end as decimal(38, 7)) as amount_difference
from sums
order by position
