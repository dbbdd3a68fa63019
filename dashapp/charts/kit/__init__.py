"""What charts are made of: colours, words for numbers, time buckets, figure parts. Nothing here is a chart."""
