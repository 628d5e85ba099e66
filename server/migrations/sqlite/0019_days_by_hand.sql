-- Open days of a recurring entry that are not recorded automatically, a space between two: they were due when
-- somebody opened them again.
alter table recurring add column by_hand text not null default '';
