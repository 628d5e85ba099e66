-- The parts of a transfer or split that are there, and those that were deleted by the change that took them out: of
-- the latter only the last are read, however many there are. Facts that are no part cost nothing.
drop index facts_group;
create index facts_parts on facts (household_id, group_id) where group_id is not null and deleted_at is null;
create index facts_deleted_parts on facts (household_id, group_id, version)
    where group_id is not null and deleted_at is not null;
