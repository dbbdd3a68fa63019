-- grain: customer x day x country x channel; the source of every filtered customer figure
-- sort: order_date, customer_key
-- mends: order_date
-- retold: segment, customer_type by customer_key, order_date, country, channel
-- customer_key UINTEGER: null for all lines without a customer
-- order_date DATE: shop-local day
-- country VARCHAR: of the orders
-- channel VARCHAR: of the orders
-- segment VARCHAR: the customer's segment today; null without a purchase or a customer
-- customer_type VARCHAR: new, returning, reactivated (lapsed until the day before), return (no purchase), unidentified
-- orders INTEGER: purchase orders
-- lines INTEGER: lines of every kind
-- units DOUBLE: pieces sold less pieces returned
-- is_purchase BOOLEAN: at least one sale line
-- gross_sales DECIMAL(16,2): money in
-- returns DECIMAL(16,2): money back, positive
-- net_sales DECIMAL(16,2): gross_sales - returns
-- gross_margin DECIMAL(16,2): net sales less cost of goods; null without costs
select
    days.customer_key,
    days.order_date,
    days.country,
    days.channel,
    segments.segment,
    case
        when days.customer_key is null then 'unidentified'
        when not days.is_purchase then 'return'
        when purchases.purchase_number = 1 then 'new'
        when purchases.gap_days - 1 > 2 * rule.usual_gap_days then 'reactivated'
        else 'returning'
    end as customer_type,
    days.orders,
    days.lines,
    days.units,
    days.is_purchase,
    days.gross_sales,
    days.returns,
    days.net_sales,
    days.gross_margin
from staging.customer_days as days
cross join staging.gap_rule as rule
left join staging.purchase_days as purchases
    on purchases.customer_key = days.customer_key and purchases.order_date = days.order_date
left join staging.segments as segments on segments.customer_key = days.customer_key
