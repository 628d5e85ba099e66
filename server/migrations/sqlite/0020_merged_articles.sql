-- The article that a deleted one was merged into: what still names it means that one. If that one is merged too,
-- the rows that name it here follow, so a lookup is one step.
alter table articles add column merged_into blob;
