-- The number of the change that merged an article: a page reads only the newest of those that were merged. Those
-- that were merged before this migration count as the oldest.
alter table articles add column merged_seq bigint;
update articles set merged_seq = 0 where merged_into is not null;
create index articles_merged on articles (household_id, merged_seq, id) where merged_into is not null;
