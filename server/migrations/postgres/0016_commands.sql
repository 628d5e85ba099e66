-- What a member asked for, and on which device: for the activity feed. Entries from before have neither.
alter table change_log add column command text collate "C";
alter table change_log add column session_id uuid;
-- The name of a device outlives its session.
create table devices (
    household_id uuid not null references households (id),
    id uuid not null,
    name text collate "C" not null,
    primary key (household_id, id)
);
insert into devices (household_id, id, name) select household_id, id, device from sessions;
