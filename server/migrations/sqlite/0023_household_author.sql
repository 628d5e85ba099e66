-- The member who changed the household last, for whoever changes it at the same time; nobody before this migration.
alter table households add column updated_by blob;
