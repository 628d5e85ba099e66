-- A session that was signed out stays until it would have run out: signing it out again is a repeat,
-- and not the same as naming one that never was.
alter table sessions add column ended_at bigint;
