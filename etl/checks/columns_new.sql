-- title: No column is filled that was empty in the delivery before
-- dimension: consistency
-- severity: info
-- table: quality.columns
-- scope: row
-- warn_at: 1
-- help: The newest delivery has values where the one before had none. Figures that need them begin here, so comparisons with earlier months may be lopsided.
earlier_share = 0 and filled_share > 0
