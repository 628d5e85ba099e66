-- Days of what comes again that are open whatever its rhythm says, a space between two.
alter table recurring add column reopened text not null default '';
